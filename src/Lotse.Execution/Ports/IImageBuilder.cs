namespace Lotse.Execution.Ports;

/// <summary>Builds images with this machine's engine, and sees to it that what they are built from is there.</summary>
public interface IImageBuilder
{
    /// <summary>
    /// The external images a build would start from or copy from, as it would resolve them, each once, in the order of the
    /// Dockerfile. Throws <see cref="BuildFailedException"/> when the Dockerfile is missing or wrong.
    /// </summary>
    IReadOnlyList<string> FindBaseImages(BuildRequest request);

    /// <summary>
    /// Builds an image into the engine's own store. Throws <see cref="BuildFailedException"/>; what can be seen to be wrong
    /// with the request is found before anything is sent to the engine.
    /// </summary>
    Task<BuiltImage> BuildAsync(
        BuildRequest request,
        IProgress<BuildProgress>? progress,
        CancellationToken cancellation
    );
}

/// <summary>Sees to it that images are on the engine: those that an image is built from, and those run as they are.</summary>
public interface IBaseImages
{
    /// <summary>
    /// Makes each image present: already there, pulled, or (where no registry can be reached) replaced by a stand-in made
    /// from Debian's packages. Throws <see cref="BaseImageException"/> for the first that cannot be had.
    /// </summary>
    Task<IReadOnlyList<BaseImage>> EnsureAsync(
        IReadOnlyList<string> references,
        IProgress<BaseImageProgress>? progress,
        CancellationToken cancellation
    );
}

/// <summary>What to build.</summary>
public sealed record BuildRequest
{
    /// <summary>The folder whose files the build may use; <c>.dockerignore</c> in it is honoured.</summary>
    public required string ContextDirectory { get; init; }

    /// <summary>
    /// The Dockerfile, absolute or relative to the context; it may lie outside of it.
    /// A file of the same name with <c>.dockerignore</c> appended is used before the context's own.
    /// </summary>
    public string DockerfilePath { get; init; } = "Dockerfile";

    /// <summary>Names for the image (<c>repository:tag</c>); at least one.</summary>
    public required IReadOnlyList<string> Tags { get; init; }

    /// <summary>Values for the Dockerfile's <c>ARG</c>s. They are kept in the image's history: never a secret.</summary>
    public IReadOnlyDictionary<string, string> Args { get; init; } = new Dictionary<string, string>();

    /// <summary>Secrets for <c>RUN --mount=type=secret</c>; needs buildx.</summary>
    public IReadOnlyList<BuildSecret> Secrets { get; init; } = [];

    /// <summary>Labels for the image.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>The stage to build; null builds the last one.</summary>
    public string? Target { get; init; }

    /// <summary>The platform to build for (<c>linux/arm64</c>); null is the engine's own.</summary>
    public string? Platform { get; init; }

    /// <summary>The network of <c>RUN</c> steps (<c>default</c>, <c>none</c>, <c>host</c>); null leaves the engine's default.</summary>
    public string? Network { get; init; }

    /// <summary>Whether to run every step anew.</summary>
    public bool NoCache { get; init; }

    /// <summary>
    /// The modification time that every file of the context gets, so that equal content gives equal layers.
    /// Default: 2000-01-01 UTC.
    /// </summary>
    public DateTimeOffset Clock { get; init; } = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
}

/// <summary>A build secret; its value is taken only when the build starts and appears neither in argv nor in text.</summary>
/// <param name="id">The id by which the Dockerfile mounts it.</param>
/// <param name="unwrap">Gives the value.</param>
public sealed class BuildSecret(string id, Func<string> unwrap)
{
    /// <summary>The id by which the Dockerfile mounts it.</summary>
    public string Id { get; } = id;

    /// <summary>The value, for the builder's environment only.</summary>
    public string Unwrap() => unwrap();

    /// <summary>The id; never the value.</summary>
    public override string ToString() => $"{Id} (secret)";
}

/// <summary>An image that was built.</summary>
public sealed record BuiltImage
{
    /// <summary>The first of its names.</summary>
    public required string Reference { get; init; }

    /// <summary>The engine's id of it, <c>sha256:…</c>.</summary>
    public required string ImageId { get; init; }

    /// <summary>Its size in bytes, all layers unpacked.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>The digests of its unpacked layers, lowest first.</summary>
    public required IReadOnlyList<string> Layers { get; init; }

    /// <summary>Which builder made it: <c>buildx 0.29.1</c> or <c>classic</c>.</summary>
    public required string Builder { get; init; }
}

/// <summary>A build's progress: a step that begins, that it came from the cache, or a line of output.</summary>
public sealed record BuildProgress
{
    /// <summary>The step's number from 1; 0 when it belongs to none.</summary>
    public int Step { get; init; }

    /// <summary>How many steps there are; 0 when that is not known.</summary>
    public int Steps { get; init; }

    /// <summary>Whether the step was taken from the cache.</summary>
    public bool Cached { get; init; }

    /// <summary>Whether <see cref="Message"/> is a line that the step's command wrote, not the step itself.</summary>
    public bool IsOutput { get; init; }

    /// <summary>The instruction, or the line of output.</summary>
    public required string Message { get; init; }
}

/// <summary>An image that is on the engine now.</summary>
/// <param name="Reference">The name it was asked for by.</param>
/// <param name="Origin">Where it came from.</param>
/// <param name="ImageId">The engine's id of it.</param>
/// <param name="Message">One plain sentence on a pull or a stand-in; empty when it was there already.</param>
public sealed record BaseImage(string Reference, BaseImageOrigin Origin, string ImageId, string Message);

/// <summary>Where an image came from.</summary>
public enum BaseImageOrigin
{
    /// <summary>It was there already.</summary>
    Present,

    /// <summary>It was pulled now.</summary>
    Pulled,

    /// <summary>It is a stand-in, made now or earlier.</summary>
    StandIn,
}

/// <summary>Progress on one image.</summary>
/// <param name="Reference">The image.</param>
/// <param name="Message">What happens, in one plain sentence.</param>
/// <param name="CurrentBytes">Bytes so far over all layers; 0 when not known.</param>
/// <param name="TotalBytes">Bytes in all, as far as known; 0 when not known.</param>
public sealed record BaseImageProgress(string Reference, string Message, long CurrentBytes = 0, long TotalBytes = 0);

/// <summary>Why an image was not built.</summary>
public enum BuildFailure
{
    /// <summary>The context folder is missing, is no folder, or leaves nothing to send.</summary>
    Context,

    /// <summary>The Dockerfile is missing.</summary>
    DockerfileMissing,

    /// <summary>The Dockerfile cannot be understood.</summary>
    DockerfileInvalid,

    /// <summary>The request asks for what the builder at hand cannot do.</summary>
    Unsupported,

    /// <summary>A step of the Dockerfile failed.</summary>
    Step,

    /// <summary>The disk is full.</summary>
    DiskFull,

    /// <summary>The engine or the builder failed outside of any step.</summary>
    Engine,
}

/// <summary>An image was not built: where in the Dockerfile, with what exit code and output, and what to do next.</summary>
/// <param name="failure">The kind of failure.</param>
/// <param name="fact">What is wrong, in one sentence.</param>
/// <param name="cure">What the person can do; may be empty.</param>
/// <param name="inner">The error behind it, if any.</param>
public sealed class BuildFailedException(BuildFailure failure, string fact, string cure, Exception? inner = null)
    : Exception(fact, inner)
{
    /// <summary>The kind of failure.</summary>
    public BuildFailure Failure { get; } = failure;

    /// <summary>The step's number from 1; null when it failed outside of any.</summary>
    public int? Step { get; init; }

    /// <summary>The Dockerfile's line of the step, from 1; null when not known.</summary>
    public int? Line { get; init; }

    /// <summary>The step's instruction as written; null when not known.</summary>
    public string? Command { get; init; }

    /// <summary>The exit code of the step's command; null when it did not run or the builder does not tell.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The last lines that the step wrote.</summary>
    public IReadOnlyList<string> Output { get; init; } = [];

    /// <summary>What the person can do; may be empty.</summary>
    public string Cure { get; } = cure;

    /// <summary>The fact, the command, the last output and the cure.</summary>
    public override string Message =>
        string.Join(
            '\n',
            [
                base.Message,
                .. Command is null ? Array.Empty<string>() : [$"  {Command}"],
                .. Output.Select(line => $"  | {line}"),
                .. Cure.Length == 0 ? Array.Empty<string>() : [$"  → {Cure}"],
            ]
        );
}

/// <summary>Why an image is not there.</summary>
public enum BaseImageFailure
{
    /// <summary>The name is not one of an image.</summary>
    InvalidName,

    /// <summary>The registry answered that there is no such image, or that it may not be read.</summary>
    UnknownOrDenied,

    /// <summary>No registry could be reached, and no stand-in can be made.</summary>
    Unreachable,

    /// <summary>The registry was reached, and the pull failed.</summary>
    PullFailed,

    /// <summary>No registry could be reached, and making the stand-in failed.</summary>
    StandInFailed,
}

/// <summary>An image that is needed is not there and could not be had.</summary>
/// <param name="failure">The kind of failure.</param>
/// <param name="reference">The image.</param>
/// <param name="fact">What is wrong, in one sentence, with the evidence.</param>
/// <param name="cure">What the person can do.</param>
/// <param name="inner">The error behind it, if any.</param>
public sealed class BaseImageException(
    BaseImageFailure failure,
    string reference,
    string fact,
    string cure,
    Exception? inner = null
) : Exception($"{fact}\n  → {cure}", inner)
{
    /// <summary>The kind of failure.</summary>
    public BaseImageFailure Failure { get; } = failure;

    /// <summary>The image.</summary>
    public string Reference { get; } = reference;

    /// <summary>What the person can do.</summary>
    public string Cure { get; } = cure;
}

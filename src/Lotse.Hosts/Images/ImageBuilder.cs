using Docker.DotNet;
using Lotse.Execution.Ports;
using Lotse.Hosts.Images.Building;
using Lotse.Hosts.Images.Context;
using Lotse.Hosts.Images.Dockerfiles;

namespace Lotse.Hosts.Images;

/// <summary>
/// Builds images with buildx where the docker command has it, and with the engine's classic builder elsewhere. Either way the
/// context is sent as if it had been checked out by the same user at the same time everywhere.
/// </summary>
public sealed class ImageBuilder : IImageBuilder
{
    private readonly IDockerClient _client;
    private readonly ImageBuilderOptions _options;
    private readonly TimeProvider _time;

    /// <summary>A builder on one engine.</summary>
    /// <param name="client">The engine.</param>
    /// <param name="options">Where the engine is, and how it is to be used.</param>
    /// <param name="time">The clock of the disk watch.</param>
    public ImageBuilder(IDockerClient client, ImageBuilderOptions options, TimeProvider time)
    {
        _client = client;
        _options = options;
        _time = time;
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> FindBaseImages(BuildRequest request) =>
        BaseImageFinder.Find(BuildContextReader.ReadDockerfile(request), request);

    /// <inheritdoc/>
    public async Task<BuiltImage> BuildAsync(
        BuildRequest request,
        IProgress<BuildProgress>? progress,
        CancellationToken cancellation
    )
    {
        var context = BuildContextReader.Read(request);
        _ = BaseImageFinder.Find(context.Dockerfile, request);
        var (buildx, reason) = await FindBuildxAsync(cancellation);
        CheckSecrets(request, buildx, reason);
        await using var disk = new DiskWatch(await DataRootAsync(cancellation), _time);
        var (outcome, builder) = await BuildAsync(buildx, request, context, progress, cancellation);
        return outcome.ImageId is { } id
            ? await DescribeAsync(request, id, builder, cancellation)
            : throw Explain(outcome, context, disk.Describe(outcome.Error!.Message));
    }

    private async Task<(BuildxBuilder? Builder, string Reason)> FindBuildxAsync(CancellationToken cancellation)
    {
        if (!_options.UseBuildx)
        {
            return (null, "buildx is switched off");
        }

        var environment = new Dictionary<string, string>(_options.Environment)
        {
            ["DOCKER_HOST"] = _options.Engine.OriginalString,
        };
        return await BuildxBuilder.FindAsync(Environment.GetEnvironmentVariable("PATH"), environment, cancellation);
    }

    private static void CheckSecrets(BuildRequest request, BuildxBuilder? buildx, string reason)
    {
        if (buildx is null && request.Secrets.Count > 0)
        {
            throw new BuildFailedException(
                BuildFailure.Unsupported,
                $"The build has secrets ({string.Join(", ", request.Secrets.Select(s => s.Id))}), which only buildx can keep "
                    + $"out of the image, and {reason}.",
                "Install buildx (Debian and Ubuntu: docker-buildx or docker-buildx-plugin), or remove builder.secrets."
            );
        }
    }

    /// <summary>A buildx that does not even begin is broken, or at odds with this engine: the engine's own builder does it then.</summary>
    private async Task<(BuildOutcome Outcome, string Builder)> BuildAsync(
        BuildxBuilder? buildx,
        BuildRequest request,
        BuildContext context,
        IProgress<BuildProgress>? progress,
        CancellationToken cancellation
    )
    {
        if (buildx is not null)
        {
            var outcome = await buildx.BuildAsync(request, context, progress, cancellation);
            if (!outcome.NeverBegan || request.Secrets.Count > 0)
            {
                return (outcome, $"buildx {buildx.Version}");
            }

            var said = $"buildx does not work here, the classic builder is used: {outcome.Error!.Message}";
            progress?.Report(new() { Message = said, IsOutput = true });
        }

        return (await new ClassicBuilder(_client).BuildAsync(request, context, progress, cancellation), "classic");
    }

    private async Task<string?> DataRootAsync(CancellationToken cancellation) =>
        _options.Engine.Scheme == "unix" ? (await _client.System.GetSystemInfoAsync(cancellation)).DockerRootDir : null;

    private async Task<BuiltImage> DescribeAsync(
        BuildRequest request,
        string id,
        string builder,
        CancellationToken cancellation
    )
    {
        var image = await _client.Images.InspectImageAsync(id, cancellation);
        return new()
        {
            Reference = request.Tags[0],
            ImageId = image.ID,
            SizeBytes = image.Size,
            Layers = [.. image.RootFS.Layers ?? []],
            Builder = builder,
        };
    }

    private static BuildFailedException Explain(BuildOutcome outcome, BuildContext context, string? fullDisk)
    {
        var error = outcome.Error!;
        return outcome.IsDockerfileError
            ? new(BuildFailure.DockerfileInvalid, $"{context.Dockerfile.Path}: {error.Message}.", "Correct it.")
            : BuildFailures.Explain(error, context.Dockerfile, fullDisk);
    }
}

/// <summary>How an <see cref="ImageBuilder"/> uses its engine.</summary>
public sealed record ImageBuilderOptions
{
    /// <summary>The engine's address, for the docker command.</summary>
    public required Uri Engine { get; init; }

    /// <summary>Whether buildx is used where it is installed. Default: yes.</summary>
    public bool UseBuildx { get; init; } = true;

    /// <summary>Variables for the docker command beside this process's own (such as DOCKER_CONFIG).</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}

using System.Collections.Immutable;
using Lotse.Planning.Containers;
using Lotse.Planning.Observed;

namespace Lotse.Execution.Ports;

/// <summary>
/// A host's container engine in our words. Containers may be named by id or by name. Every call throws
/// <see cref="HostException"/> with the host, what was asked and the engine's answer when it fails.
/// </summary>
public interface IContainerEngine
{
    /// <summary>The engine's version and disk.</summary>
    Task<EngineInfo> GetInfoAsync(CancellationToken cancellation);

    /// <summary>Containers, running or not, that carry all of these labels (a null value asks for the label alone; no label asks for all).</summary>
    Task<ImmutableArray<LabelledContainer>> ListContainersAsync(
        IReadOnlyDictionary<string, string?> labels,
        CancellationToken cancellation
    );

    /// <summary>One container's state; null when there is none of this name.</summary>
    Task<ContainerStatus?> InspectAsync(string container, CancellationToken cancellation);

    /// <summary>Creates a container and returns its id. Volumes and bind folders that are missing are made.</summary>
    Task<string> CreateAsync(ContainerSpec spec, CancellationToken cancellation);

    /// <summary>Starts a container; one that runs already is left alone.</summary>
    Task StartAsync(string container, CancellationToken cancellation);

    /// <summary>Stops a container: SIGTERM, then SIGKILL when <paramref name="grace"/> is over. One that is gone or stopped is fine.</summary>
    Task StopAsync(string container, TimeSpan grace, CancellationToken cancellation);

    /// <summary>Removes a container, running or not, with its anonymous volumes. One that is gone is fine.</summary>
    Task RemoveAsync(string container, CancellationToken cancellation);

    /// <summary>Removes a container, running or not, and keeps all its volumes. One that is gone is fine.</summary>
    Task RemoveKeepingVolumesAsync(string container, CancellationToken cancellation);

    /// <summary>Gives a container another name.</summary>
    Task RenameAsync(string container, string name, CancellationToken cancellation);

    /// <summary>The last lines a container wrote, oldest first.</summary>
    Task<ImmutableArray<string>> TailLogsAsync(string container, int lines, CancellationToken cancellation);

    /// <summary>A container's log, line by line.</summary>
    IAsyncEnumerable<string> ReadLogsAsync(string container, LogQuery query, CancellationToken cancellation);

    /// <summary>
    /// Events of one container from now on: the returned task completes when the engine has accepted the subscription,
    /// so what happens after it is not missed.
    /// </summary>
    Task<IContainerWatch> WatchAsync(string container, CancellationToken cancellation);

    /// <summary>Runs a command in a running container.</summary>
    /// <param name="container">The container.</param>
    /// <param name="command">The command.</param>
    /// <param name="limit">
    /// How long it is waited for; infinite for as long as it takes. One that an engine which hangs has not begun by then is not begun any more, where that can be had.
    /// </param>
    /// <param name="cancellation">Gives up.</param>
    Task<CommandResult> ExecAsync(
        string container,
        ImmutableArray<string> command,
        TimeSpan limit,
        CancellationToken cancellation
    );

    /// <summary>
    /// Runs a command in a running container and passes on each line as it comes, those of both its outputs in their order; returns its exit code. However long
    /// it takes: it ends by itself. A command goes on in its container when this is cancelled.
    /// </summary>
    Task<int> ExecAsync(
        string container,
        ImmutableArray<string> command,
        Action<string> take,
        CancellationToken cancellation
    );

    /// <summary>Runs a command in a running container, joined to a terminal, and returns its exit code.</summary>
    Task<int> ExecInTerminalAsync(
        string container,
        ImmutableArray<string> command,
        ITerminalSession terminal,
        CancellationToken cancellation
    );

    /// <summary>
    /// Starts a container that was created interactive (<see cref="Lotse.Planning.Containers.ContainerSpec.IsInteractive"/>), joined to a terminal, and returns
    /// its exit code when it ends.
    /// </summary>
    Task<int> StartInTerminalAsync(string container, ITerminalSession terminal, CancellationToken cancellation);

    /// <summary>Makes the network when it is missing.</summary>
    Task EnsureNetworkAsync(string network, CancellationToken cancellation);

    /// <summary>Whether the network exists.</summary>
    Task<bool> HasNetworkAsync(string network, CancellationToken cancellation);

    /// <summary>Removes the network, unless containers are in it or it is not there; says whether it did.</summary>
    Task<bool> RemoveNetworkAsync(string network, CancellationToken cancellation);

    /// <summary>Whether an image of this name, id or digest is on the host.</summary>
    Task<bool> HasImageAsync(string image, CancellationToken cancellation);

    /// <summary>All images of a repository on the host, in the order of their names.</summary>
    Task<ImmutableArray<NamedImage>> ListImagesAsync(string repository, CancellationToken cancellation);

    /// <summary>
    /// Pulls an image and gives it <paramref name="name"/>. The reference stays as a further name, and keeps the image when its own is
    /// removed: <see cref="RemoveImageAsync"/> takes it off.
    /// </summary>
    Task PullAsync(
        string reference,
        string name,
        RegistryLogin? login,
        IProgress<LayerProgress>? progress,
        CancellationToken cancellation
    );

    /// <summary>The digests of the unpacked layers, lowest first, of each image on the host.</summary>
    /// <param name="images">The names of those that matter; null for all.</param>
    /// <param name="cancellation">Gives up.</param>
    Task<ImmutableArray<ImmutableArray<string>>> ListLayersAsync(
        IReadOnlyCollection<string>? images,
        CancellationToken cancellation
    );

    /// <summary>Takes in an archive of an image (<c>docker load</c>), as it is written.</summary>
    /// <param name="name">The name that the image has in the archive.</param>
    /// <param name="write">Writes the archive.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="HostException">The engine did not take it.</exception>
    Task LoadAsync(string name, Func<Stream, CancellationToken, Task> write, CancellationToken cancellation);

    /// <summary>Asks whether a registry takes a login; nothing of it is kept.</summary>
    Task<LoginAnswer> LoginAsync(RegistryLogin login, CancellationToken cancellation);

    /// <summary>Gives an image on this host a further name and pushes it there; returns the manifest's digest.</summary>
    Task<string> PushAsync(
        string image,
        string reference,
        RegistryLogin? login,
        IProgress<LayerProgress>? progress,
        CancellationToken cancellation
    );

    /// <summary>Takes a name off an image, and removes the image with its last name. One that is gone or in use is fine: false.</summary>
    Task<bool> RemoveImageAsync(string name, CancellationToken cancellation);

    /// <summary>The ports that listen in a container's network namespace, found by a helper container of this image.</summary>
    Task<ImmutableArray<string>> GetListeningPortsAsync(
        string container,
        string helperImage,
        CancellationToken cancellation
    );

    /// <summary>Whether there is a volume of this name.</summary>
    Task<bool> HasVolumeAsync(string volume, CancellationToken cancellation);

    /// <summary>Removes a volume. One that is gone is fine.</summary>
    Task RemoveVolumeAsync(string volume, CancellationToken cancellation);
}

/// <summary>Which part of a container's log is wanted. Without anything it is the whole, up to now.</summary>
public sealed record LogQuery
{
    /// <summary>At most so many of the last lines; null for all.</summary>
    public int? Lines { get; init; }

    /// <summary>Whether it goes on as lines are written, until the container ends.</summary>
    public bool Follow { get; init; }

    /// <summary>Lines written at that time or later; null for all.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Whether each line begins with its time (RFC 3339, in UTC) and a space.</summary>
    public bool Timestamps { get; init; }
}

/// <summary>What an engine says of itself.</summary>
/// <param name="Version">Its version.</param>
/// <param name="DataRoot">Where it keeps images and containers.</param>
/// <param name="Architecture">The processor's architecture, as images name it: <c>amd64</c>, <c>arm64</c>; empty when it does not say.</param>
public sealed record EngineInfo(string Version, string DataRoot, string Architecture = "");

/// <summary>An image of a host.</summary>
/// <param name="Name">Its name: <c>repository:tag</c>.</param>
/// <param name="Bytes">What it takes up there, layers that other images share included.</param>
public sealed record NamedImage(string Name, long Bytes);

/// <summary>A container with its labels.</summary>
/// <param name="Container">The container; role, version and so on are read from its labels.</param>
/// <param name="Labels">All its labels.</param>
public sealed record LabelledContainer(ObservedContainer Container, ImmutableDictionary<string, string> Labels);

/// <summary>One container's state in detail.</summary>
public sealed record ContainerStatus
{
    /// <summary>The full id.</summary>
    public required string Id { get; init; }

    /// <summary>Where it is in its life.</summary>
    public required ContainerState State { get; init; }

    /// <summary>Its process's exit code when it has ended.</summary>
    public int ExitCode { get; init; }

    /// <summary>Whether the kernel killed it for memory.</summary>
    public bool OutOfMemory { get; init; }

    /// <summary>How often the engine has started it again.</summary>
    public long RestartCount { get; init; }

    /// <summary>What the engine says when it could not start it; empty otherwise.</summary>
    public string Error { get; init; } = "";

    /// <summary>The engine's health check: <c>none</c>, <c>starting</c>, <c>healthy</c> or <c>unhealthy</c>.</summary>
    public string Health { get; init; } = "none";

    /// <summary>The last health check's output; empty when there is none.</summary>
    public string HealthOutput { get; init; } = "";

    /// <summary>When its process was last started.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>The memory limit in bytes; 0 when there is none.</summary>
    public long MemoryLimit { get; init; }

    /// <summary>The engine's volumes that are mounted in it; folders of the host are none.</summary>
    public ImmutableArray<ContainerVolume> Volumes { get; init; } = [];
}

/// <summary>A volume in a container.</summary>
/// <param name="Name">Its name on the host.</param>
/// <param name="Path">Where it is mounted in the container.</param>
public sealed record ContainerVolume(string Name, string Path)
{
    /// <summary>Whether the engine made the name up (64 hex digits): no other container finds such a volume again.</summary>
    public bool IsAnonymous => Name.Length == 64 && Name.All(char.IsAsciiHexDigitLower);
}

/// <summary>What a command in a container answered.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
public sealed record CommandResult(int ExitCode, string Output, string Error);

/// <summary>The progress of one layer of an image on its way.</summary>
/// <param name="Layer">The layer's short id.</param>
/// <param name="Status">What happens to it, in the engine's words.</param>
/// <param name="Current">Bytes so far; 0 when not known.</param>
/// <param name="Total">Bytes in all; 0 when not known.</param>
public sealed record LayerProgress(string Layer, string Status, long Current, long Total);

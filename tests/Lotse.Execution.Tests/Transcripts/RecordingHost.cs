using System.Collections.Concurrent;
using System.Collections.Immutable;
using Lotse.Execution.Ports;
using Lotse.Planning.Containers;
using Lotse.Planning.Observed;

namespace Lotse.Execution.Tests.Transcripts;

/// <summary>
/// A host in memory that behaves as an engine and a proxy do, and writes down each thing that changes it. What is to go wrong is told by the name of the call.
/// </summary>
internal sealed partial class RecordingHost(string name, Action<string> record) : IHost, IContainerEngine, IEdgeProxy
{
    private readonly List<(ContainerSpec Spec, ObservedContainer Container)> containers = [];
    private readonly Dictionary<string, ProxiedService> services = [];
    private readonly HashSet<string> images = [];
    private readonly ConcurrentDictionary<string, Watch> watches = new();
    private bool hasNetwork;
    private int made;

    /// <summary>Fails calls: gets "stage app-web-2" and the like, and gives what is thrown; null lets the call pass.</summary>
    public Func<string, Exception?> Fault { get; set; } = _ => null;

    /// <summary>Whether it is cut off: what it does goes on, and nothing that is asked of it reaches it.</summary>
    public bool IsLost { get; set; }

    /// <summary>Fails calls that were carried out: gets "switch app-web", and gives what is thrown; null lets the answer pass.</summary>
    public Func<string, Exception?> AnswerIsLost { get; set; } = _ => null;

    /// <summary>Whether a target of this version answers its health check.</summary>
    public Func<string, bool> IsHealthy { get; set; } = _ => true;

    public string Name => name;

    public IContainerEngine Engine => this;

    public IEdgeProxy Proxy => this;

    public IHostStore Store { get; } = new MemoryStore();

    public string Address => name;

    public string DataFolder => "/data";

    public bool IsBuilder { get; set; } = true;

    public Task<string?> ReachRegistryAsync(string registry, CancellationToken cancellation) =>
        Task.FromResult(ForbidsForwarding ? null : registry);

    /// <summary>Whether the registry cannot be reached from here.</summary>
    public bool ForbidsForwarding { get; set; }

    /// <summary>The layers of the images that are there before anything is deployed.</summary>
    public ImmutableArray<ImmutableArray<string>> Layers { get; set; } = [];

    public async Task<ImmutableArray<ImmutableArray<string>>> ListLayersAsync(
        IReadOnlyCollection<string>? wanted,
        CancellationToken cancellation
    )
    {
        await Task.CompletedTask;
        OnListLayers();
        return Layers;
    }

    /// <summary>Is called when the layers are asked for.</summary>
    public Action OnListLayers { get; set; } = () => { };

    public async Task LoadAsync(
        string image,
        Func<Stream, CancellationToken, Task> write,
        CancellationToken cancellation
    )
    {
        using var archive = new MemoryStream();
        await write(archive, cancellation);
        Do($"load {image}: {System.Text.Encoding.UTF8.GetString(archive.ToArray())}");
        images.Add(image);
    }

    /// <summary>The version that gets the traffic; null when none does.</summary>
    public string? Serving =>
        services.Values.Select(s => s.Active).OfType<string>().Select(VersionOf).SingleOrDefault();

    /// <summary>All containers of releases, with their states.</summary>
    public IEnumerable<string> Containers =>
        containers.Where(c => c.Container.Version.Length > 0).Select(c => $"{c.Container.Name} {c.Container.State}");

    /// <summary>All containers of the edge proxy, with their images and states.</summary>
    public IEnumerable<string> Proxies =>
        containers
            .Where(c => c.Spec.Labels.ContainsKey(ContainerLabels.Proxy))
            .Select(c => $"{c.Container.Name} from {c.Container.Image}, {c.Container.State}");

    /// <summary>What the edge proxy was made from.</summary>
    public ContainerSpec ProxySpec => containers.First(c => c.Spec.Labels.ContainsKey(ContainerLabels.Proxy)).Spec;

    public Task<bool> IsPortFreeAsync(int port, CancellationToken cancellation) =>
        Task.FromResult(!TakenPorts.Contains(port));

    public Task<bool> HasDataAsync(string folder, CancellationToken cancellation) =>
        Task.FromResult(Folders.Contains(folder));

    /// <summary>Folders that hold something.</summary>
    public HashSet<string> Folders { get; } = [];

    public Task<DiskSpace?> GetDiskAsync(string folder, bool isAskedAnew, CancellationToken cancellation) =>
        Task.FromResult(FreeBytes is { } free ? new DiskSpace("/disk", free) : null);

    /// <summary>What its disk has free; null when it does not tell.</summary>
    public long? FreeBytes { get; set; }

    private string VersionOf(string target) =>
        containers.Single(c => target.StartsWith(c.Container.ShortId, StringComparison.Ordinal)).Container.Version;

    private (ContainerSpec Spec, ObservedContainer Container)? Find(string container) =>
        containers.FindIndex(c => Is(c.Container, container)) is >= 0 and var index ? containers[index] : null;

    private static bool Is(ObservedContainer container, string nameOrId) =>
        container.Name == nameOrId || container.Id == nameOrId;

    private string NameOf(string nameOrId) => Find(nameOrId)?.Container.Name ?? nameOrId;

    private Task Change(string container, string call, Func<ObservedContainer, ObservedContainer> change)
    {
        Do(call);
        var index = containers.FindIndex(c => Is(c.Container, container));
        if (index >= 0)
        {
            containers[index] = (containers[index].Spec, change(containers[index].Container));
        }

        return Task.CompletedTask;
    }

    private void Do(string call)
    {
        record($"[{name}] {call}");
        if (Fault(call) is { } fault)
        {
            throw fault;
        }

        Reach(call);
    }

    private void Reach(string call)
    {
        if (IsLost)
        {
            throw new HostException(HostFailure.Unreachable, name, call, "it does not answer", "");
        }
    }
}

using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Lotse.Execution.Ports;
using Lotse.Planning.Containers;
using Lotse.Planning.Observed;
using Lotse.Planning.Steps;

namespace Lotse.Execution.Tests.Transcripts;

/// <summary>
/// A host in memory that behaves as an engine and a proxy do, and writes down each thing that changes it. What is to go wrong is told by the name of the call.
/// </summary>
internal sealed class RecordingHost(string name, Action<string> record) : IHost, IContainerEngine, IEdgeProxy
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

    public async Task<EngineInfo> GetInfoAsync(CancellationToken cancellation)
    {
        await Task.CompletedTask;
        Reach("ask the engine");
        return new EngineInfo(EngineVersion, "/data", Architecture);
    }

    /// <summary>Its processor; empty when it does not say.</summary>
    public string Architecture { get; set; } = "";

    /// <summary>Ports that some other program has.</summary>
    public HashSet<int> TakenPorts { get; } = [];

    public string EngineVersion { get; set; } = "20.10.24";

    public TimeSpan? ClockAhead { get; set; }

    public Task<ImmutableArray<LabelledContainer>> ListContainersAsync(
        IReadOnlyDictionary<string, string?> labels,
        CancellationToken cancellation
    ) =>
        Task.FromResult(
            containers
                .Where(c =>
                    labels.All(l => c.Spec.Labels.TryGetValue(l.Key, out var v) && (l.Value is null || v == l.Value))
                )
                .Select(c => new LabelledContainer(c.Container, c.Spec.Labels.ToImmutableDictionary()))
                .ToImmutableArray()
        );

    public async Task<ContainerStatus?> InspectAsync(string container, CancellationToken cancellation)
    {
        await Task.CompletedTask;
        Reach($"inspect {container}");
        return Find(container) is { } found
            ? new ContainerStatus
            {
                Id = found.Container.Id,
                State = found.Container.State,
                Volumes =
                [
                    .. found
                        .Spec.Volumes.Select(v => v.Split(':'))
                        .Where(v => !v[0].StartsWith('/'))
                        .Select(v => new ContainerVolume(v[0], v[1])),
                ],
            }
            : null;
    }

    public Task<string> CreateAsync(ContainerSpec spec, CancellationToken cancellation)
    {
        Do($"create {spec.Name}");
        LastMade = spec;
        var id = string.Concat(name, (++made).ToString("x3", null)).PadLeft(12, '0').PadRight(64, '0');
        containers.Add(
            (
                spec,
                new ObservedContainer
                {
                    Id = id,
                    Name = spec.Name,
                    Role = spec.Labels.GetValueOrDefault(ContainerLabels.Role, ""),
                    Version = spec.Labels.GetValueOrDefault(ContainerLabels.Version, ""),
                    Fingerprint = spec.Labels.GetValueOrDefault(ContainerLabels.Fingerprint, ""),
                    Rollout = spec.Labels.GetValueOrDefault(ContainerLabels.Rollout, ""),
                    State = ContainerState.Created,
                    CreatedAt = DateTimeOffset.UnixEpoch.AddSeconds(made),
                    Image = spec.Image,
                }
            )
        );
        return Task.FromResult(id);
    }

    public async Task StartAsync(string container, CancellationToken cancellation)
    {
        await Change(container, $"start {container}", c => c with { State = ContainerState.Running });
        if (
            Find(container) is { Spec.Labels: var labels }
            && labels.ContainsKey(ContainerLabels.OneOff)
            && !CommandsHang
        )
        {
            End(container, CommandExitCode);
        }
    }

    public Task StopAsync(string container, TimeSpan grace, CancellationToken cancellation) =>
        Change(container, $"stop {NameOf(container)}", c => c with { State = ContainerState.Exited });

    public Task RenameAsync(string container, string to, CancellationToken cancellation) =>
        Change(container, $"rename {NameOf(container)} to {to}", c => c with { Name = to });

    public Task RemoveAsync(string container, CancellationToken cancellation)
    {
        Do($"remove {NameOf(container)}");
        containers.RemoveAll(c => Is(c.Container, container));
        return Task.CompletedTask;
    }

    public Task RemoveKeepingVolumesAsync(string container, CancellationToken cancellation) =>
        RemoveAsync(container, cancellation);

    public Task<ImmutableArray<string>> TailLogsAsync(string container, int lines, CancellationToken cancellation) =>
        Task.FromResult<ImmutableArray<string>>(["the last line"]);

    /// <summary>What each container has written, with the engine's times in front; the last line alone where nothing is said.</summary>
    public Dictionary<string, string[]> Logs { get; } = [];

    /// <summary>Has each request for a log come to its end in this way; null for at once.</summary>
    public Func<string, LogQuery, CancellationToken, Task>? LogEnd { get; set; }

    public async IAsyncEnumerable<string> ReadLogsAsync(
        string container,
        LogQuery query,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        await Task.Yield();
        foreach (var line in Logs.GetValueOrDefault(container, ["0 the last line"]))
        {
            yield return query.Timestamps ? line : line[(line.IndexOf(' ') + 1)..];
        }

        if (query.Follow && LogEnd is not null)
        {
            await LogEnd(container, query, cancellation);
        }
    }

    public Task<IContainerWatch> WatchAsync(string container, CancellationToken cancellation) =>
        Task.FromResult<IContainerWatch>(watches.GetOrAdd(container, _ => new Watch()));

    /// <summary>The process of a container ends.</summary>
    public void End(string container, int exitCode)
    {
        var index = containers.FindIndex(c => Is(c.Container, container));
        containers[index] = containers[index] with
        {
            Container = containers[index].Container with { State = ContainerState.Exited },
        };
        watches.GetOrAdd(container, _ => new Watch()).Source.TrySetResult(new ContainerExit(exitCode, false));
    }

    /// <summary>The exit code of commands: in a container, and as one.</summary>
    public int CommandExitCode { get; set; }

    /// <summary>Whether a container that runs one command never comes to its end.</summary>
    public bool CommandsHang { get; set; }

    public Task<CommandResult> ExecAsync(
        string container,
        ImmutableArray<string> command,
        TimeSpan limit,
        CancellationToken cancellation
    )
    {
        Do($"exec {string.Join(' ', command)} in {container}");
        return Task.FromResult(new CommandResult(CommandExitCode, "out\n", "err\n"));
    }

    /// <summary>What a command in a container writes, and how it comes to its end.</summary>
    public Func<Action<string>, CancellationToken, Task> Command { get; set; } =
        (take, _) =>
        {
            take("out");
            take("err");
            return Task.CompletedTask;
        };

    public async Task<int> ExecAsync(
        string container,
        ImmutableArray<string> command,
        Action<string> take,
        CancellationToken cancellation
    )
    {
        Do($"exec {string.Join(' ', command)} in {container}");
        await Command(take, cancellation);
        return CommandExitCode;
    }

    public Task<int> ExecInTerminalAsync(
        string container,
        ImmutableArray<string> command,
        ITerminalSession terminal,
        CancellationToken cancellation
    )
    {
        Do($"exec {string.Join(' ', command)} in {container}, in the terminal");
        return Task.FromResult(CommandExitCode);
    }

    public Task<int> StartInTerminalAsync(string container, ITerminalSession terminal, CancellationToken cancellation)
    {
        Do($"start {container} in the terminal");
        return Task.FromResult(CommandExitCode);
    }

    /// <summary>How the proxy has answered so far; null when it does not count.</summary>
    public Func<TrafficCount?> Traffic { get; set; } = () => null;

    /// <summary>The specification of the last container that was made.</summary>
    public ContainerSpec? LastMade { get; private set; }

    public Task EnsureNetworkAsync(string network, CancellationToken cancellation)
    {
        Do($"network {network}");
        hasNetwork = true;
        return Task.CompletedTask;
    }

    public Task<bool> HasNetworkAsync(string network, CancellationToken cancellation) => Task.FromResult(hasNetwork);

    public Task<bool> RemoveNetworkAsync(string network, CancellationToken cancellation)
    {
        Do($"remove network {network}");
        return Task.FromResult(true);
    }

    public Task<bool> HasImageAsync(string image, CancellationToken cancellation) =>
        Task.FromResult(images.Contains(image));

    public Task<ImmutableArray<NamedImage>> ListImagesAsync(string repository, CancellationToken cancellation) =>
        Task.FromResult(images.Order().Select(i => new NamedImage(i, ImageBytes)).ToImmutableArray());

    /// <summary>What each image takes up.</summary>
    public long ImageBytes { get; set; }

    public Task PullAsync(
        string reference,
        string to,
        RegistryLogin? login,
        IProgress<LayerProgress>? progress,
        CancellationToken cancellation
    )
    {
        Do($"pull {reference} as {to}{As(login)}");
        images.Add(to);
        return Task.CompletedTask;
    }

    public Task<string> PushAsync(
        string image,
        string reference,
        RegistryLogin? login,
        IProgress<LayerProgress>? progress,
        CancellationToken cancellation
    )
    {
        Do($"push {image} to {reference}{As(login)}");
        return Task.FromResult("sha256:1");
    }

    public Task<LoginAnswer> LoginAsync(RegistryLogin login, CancellationToken cancellation)
    {
        Do($"log in to {login.Address}{As(login)}");
        return Task.FromResult(Login(login));
    }

    /// <summary>What a registry answers to a login.</summary>
    public Func<RegistryLogin, LoginAnswer> Login { get; set; } = _ => new LoginAnswer(LoginOutcome.Accepted, "");

    private static string As(RegistryLogin? login) =>
        login is null ? "" : $" with {login.User.Unwrap()}:{login.Password.Unwrap()}";

    public Task<bool> RemoveImageAsync(string image, CancellationToken cancellation)
    {
        Do($"remove image {image}");
        return Task.FromResult(images.Remove(image));
    }

    public Task<ImmutableArray<string>> GetListeningPortsAsync(
        string container,
        string helperImage,
        CancellationToken cancellation
    ) => Task.FromResult<ImmutableArray<string>>(["0.0.0.0:80"]);

    public Task<bool> HasVolumeAsync(string volume, CancellationToken cancellation) =>
        Task.FromResult(Volumes.Contains(volume));

    /// <summary>Volumes that are there before anything is deployed.</summary>
    public HashSet<string> Volumes { get; } = [];

    public Task RemoveVolumeAsync(string volume, CancellationToken cancellation)
    {
        Do($"remove volume {volume}");
        Volumes.Remove(volume);
        return Task.CompletedTask;
    }

    public Task AwaitReadyAsync(CancellationToken cancellation) =>
        IsProxySilent ? Task.FromException(Silence()) : Task.CompletedTask;

    /// <summary>Whether the proxy runs and answers nothing.</summary>
    public bool IsProxySilent { get; set; }

    /// <summary>A route that another service has there.</summary>
    public void RouteFor(string service) => services[service] = new ProxiedService(service, null, null, null);

    private HostException Silence() => new(HostFailure.Proxy, name, "edge proxy, list", "it is silent", "See its log.");

    public Task<ImmutableArray<ProxiedService>> ListAsync(CancellationToken cancellation) =>
        IsProxySilent
            ? Task.FromException<ImmutableArray<ProxiedService>>(Silence())
            : Task.FromResult(
                services
                    .Values.Select(s =>
                        s with
                        {
                            Traffic = Traffic(),
                            IsHealthy = s.Active is { } active ? PassesProbes(VersionOf(active)) : null,
                        }
                    )
                    .ToImmutableArray()
            );

    /// <summary>Whether a version that has the traffic passed its last probe; null when none was made.</summary>
    public Func<string, bool?> PassesProbes { get; set; } = _ => null;

    public async Task<StageOutcome> StageAsync(ProxyRoute route, string target, CancellationToken cancellation)
    {
        var version = VersionOf(target);
        Do($"stage {route.Service} at {version}");
        if (!IsHealthy(version))
        {
            return new StageOutcome
            {
                Healthy = false,
                ProbeUrl = $"http://{version}/up",
                Attempts = 3,
                Status = 500,
                Failure = ProbeFailure.Status,
            };
        }

        services[route.Service] = Service(route.Service) with { Staged = target };
        await OnStaged();
        return new StageOutcome { Healthy = true };
    }

    /// <summary>Is called, and waited for, when a target is staged and its deployer does not know it yet.</summary>
    public Func<Task> OnStaged { get; set; } = () => Task.CompletedTask;

    public async Task SwitchAsync(string service, string target, CancellationToken cancellation)
    {
        Do($"switch {service}");
        var before = Service(service);
        Require(service, before.Staged, target);
        services[service] = before with { Active = before.Staged, Staged = null, Previous = before.Active };
        await OnSwitched();
        if (AnswerIsLost($"switch {service}") is { } lost)
        {
            throw lost;
        }
    }

    /// <summary>Is called, and waited for, when the traffic has moved and the deployer does not know it yet.</summary>
    public Func<Task> OnSwitched { get; set; } = () => Task.CompletedTask;

    public Task RevertAsync(string service, string target, CancellationToken cancellation)
    {
        Do($"revert {service}");
        var before = Service(service);
        Require(service, before.Active, target);
        services[service] = before with { Active = before.Previous, Previous = null };
        return Task.CompletedTask;
    }

    public Task AbortAsync(string service, string? target, CancellationToken cancellation)
    {
        Do($"abort {service}");
        var before = Service(service);
        services[service] = before with { Staged = target is null || before.Staged == target ? null : before.Staged };
        return Task.CompletedTask;
    }

    private void Require(string service, string? found, string target)
    {
        if (found != target)
        {
            throw new HostException(HostFailure.Proxy, name, $"move {service}", $"{found} and not {target}", "");
        }
    }

    public Task<int> DrainAsync(string service, TimeSpan timeout, CancellationToken cancellation)
    {
        Do($"drain {service}");
        services[service] = Service(service) with { Previous = null };
        return Task.FromResult(0);
    }

    Task<int> IEdgeProxy.PauseAsync(
        string service,
        TimeSpan drainTimeout,
        TimeSpan maxPause,
        CancellationToken cancellation
    ) => Hold($"pause {service}", service, ProxiedMode.Paused);

    Task<int> IEdgeProxy.StopAsync(
        string service,
        TimeSpan drainTimeout,
        string message,
        CancellationToken cancellation
    ) => Hold($"stop {service}: {message}", service, ProxiedMode.Stopped);

    Task IEdgeProxy.ResumeAsync(string service, CancellationToken cancellation) =>
        Hold($"resume {service}", service, ProxiedMode.Running);

    private Task<int> Hold(string call, string service, ProxiedMode mode)
    {
        Do(call);
        services[service] = Service(service) with { Mode = mode };
        return Task.FromResult(0);
    }

    Task IEdgeProxy.RemoveAsync(string service, CancellationToken cancellation)
    {
        Do($"remove route {service}");
        services.Remove(service);
        return Task.CompletedTask;
    }

    private ProxiedService Service(string service) =>
        services.GetValueOrDefault(service, new ProxiedService(service, null, null, null));

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

    private sealed class Watch : IContainerWatch
    {
        public TaskCompletionSource<ContainerExit> Source { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<ContainerExit> Exited => Source.Task;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

using System.Collections.Concurrent;
using System.Collections.Immutable;
using Lotse.Configuration;
using Lotse.Execution.Deployments;
using Lotse.Execution.Ports;
using Lotse.Execution.Reporting;

namespace Lotse.Execution.Tests.Transcripts;

/// <summary>Hosts in memory, and deploys to them through everything but the adapters.</summary>
internal sealed class Fleet
    : IHostConnector,
        IImageRegistry,
        IProxyImages,
        IHookRunner,
        IRolloutObserver,
        IProcessProbe,
        IIdSource
{
    private readonly Lock turn = new();
    private readonly List<string> lines = [];
    private int ids;

    public Fleet(params string[] names) => Hosts = [.. names.Select(n => new RecordingHost(n, Record))];

    public ImmutableArray<RecordingHost> Hosts { get; }

    /// <summary>What was done since the last time it was asked, one host's calls in order, the hosts one after the other.</summary>
    public string TakeTranscript()
    {
        lock (turn)
        {
            var text = string.Join('\n', lines.OrderBy(l => l.Split(' ')[0], StringComparer.Ordinal));
            lines.Clear();
            return text;
        }
    }

    /// <summary>What was done since the last time it was asked, in the order in which it was done.</summary>
    public string TakeStory()
    {
        lock (turn)
        {
            var text = string.Join('\n', lines);
            lines.Clear();
            return text;
        }
    }

    public string ImageName { get; set; } = "lotse-proxy:1";

    public ProcessIdentity Self => new("here", 1, "now");

    /// <summary>A deploy or rollback that has not begun, by the fleet's clock or by one of its own.</summary>
    public Deployment Begin(string version, bool isRollback = false, TimeProvider? time = null) =>
        new(Services() with { Time = time ?? Time }, Request(version, isRollback));

    public Task DeployAsync(string version, bool isRollback = false) =>
        DeployInterruptiblyAsync(version, isRollback, TestContext.Current.CancellationToken);

    public async Task DeployInterruptiblyAsync(string version, bool isRollback, CancellationToken cancellation)
    {
        await using var deployment = Begin(version, isRollback);
        var found = await deployment.LookAsync(cancellation);
        if (found.IsUpToDate)
        {
            return;
        }

        var image = found.NeedsImage ? new PushedImage($"app@{version}", $"app:{version}") : null;
        var prepared = await deployment.PrepareAsync(image, cancellation);
        await deployment.CleanUpAsync(await deployment.SwitchAsync(prepared, cancellation), cancellation);
    }

    /// <summary>Hosts that cannot be connected to.</summary>
    public HashSet<string> Unreachable { get; } = [];

    public Task<IHost> ConnectAsync(string host, CancellationToken cancellation) =>
        Unreachable.Contains(host)
            ? Task.FromException<IHost>(
                new HostException(HostFailure.Unreachable, host, "connect by SSH", "no answer.\nTried 22.", "Start it.")
            )
            : Task.FromResult<IHost>(Hosts.Single(h => h.Name == host));

    public Task<string> StartAsync(CancellationToken cancellation) => Task.FromResult("reg");

    public Task<string?> ReachAsync(IHost host, CancellationToken cancellation) =>
        host.ReachRegistryAsync("reg", cancellation);

    public Task<IImageArchive> OpenArchiveAsync(string reference, string name, CancellationToken cancellation) =>
        Task.FromResult<IImageArchive>(new ListedArchive(reference, ["sha256:base", "sha256:code"]));

    /// <summary>The layers of what is pushed.</summary>
    public ImmutableArray<PackedLayer> Layers { get; set; } = [];

    public Task<ImmutableArray<PackedLayer>> ListLayersAsync(string reference, CancellationToken cancellation) =>
        Task.FromResult(Layers);

    public Task PruneAsync(string repository, IReadOnlyCollection<string> keepTags, CancellationToken cancellation) =>
        Task.CompletedTask;

    public Task EnsureAsync(IContainerEngine engine, IProgress<string> progress, CancellationToken cancellation) =>
        Task.CompletedTask;

    /// <summary>How long a host that does not answer is waited for while a rollout is taken back.</summary>
    public TimeSpan Patience { get; set; }

    /// <summary>The clock, which stands unless a test moves it.</summary>
    public SteppingClock Time { get; } = new();

    /// <summary>Looking and clearing up, with the present configuration.</summary>
    public Operations Operate() => new(Services(), Configure(Config), "anna@here");

    /// <summary>Moves the clock on while a deploy needs it; gives what stopped it.</summary>
    public async Task<Exception?> WithTimeAsync(Task deploy)
    {
        await Time.RunAsync(deploy);
        return await Xunit.Record.ExceptionAsync(() => deploy);
    }

    /// <summary>Deploys while the clock goes on; gives what stopped it.</summary>
    public Task<Exception?> TryDeployAsync(string version) => WithTimeAsync(DeployAsync(version));

    /// <summary>The hooks that there are, with their exit codes.</summary>
    public Dictionary<string, int> Hooks { get; } = [];

    /// <summary>The environment that the last call of each hook got.</summary>
    public ConcurrentDictionary<string, IReadOnlyDictionary<string, string>> HookEnvironments { get; } = new();

    public Task<HookResult?> RunAsync(
        string hook,
        IReadOnlyDictionary<string, string> environment,
        IProgress<string> output,
        CancellationToken cancellation
    )
    {
        if (!Hooks.TryGetValue(hook, out var exitCode))
        {
            return Task.FromResult<HookResult?>(null);
        }

        Record($"[hook] {hook} {environment["KAMAL_HOSTS"]}");
        HookEnvironments[hook] = environment;
        return Task.FromResult<HookResult?>(new HookResult($".kamal/hooks/{hook}", exitCode, ["its last words"]));
    }

    /// <summary>What a person was told.</summary>
    public ConcurrentQueue<Remark> Remarks { get; } = [];

    /// <summary>What a person was warned of.</summary>
    public ConcurrentQueue<Warning> Warnings { get; } = [];

    public void Report(RolloutEvent happened)
    {
        if (happened is Warning warning)
        {
            Warnings.Enqueue(warning);
        }

        if (happened is Remark remark)
        {
            Remarks.Enqueue(remark);
        }
    }

    /// <summary>The person's terminal.</summary>
    public OpenedTerminal Terminal { get; } = new();

    public bool? IsAlive(ProcessIdentity process) => Sees(process);

    /// <summary>Whether a process lives, as far as it can be seen from here; all of this machine can, and there is one. Null for one of another machine.</summary>
    public Func<ProcessIdentity, bool?> Sees { get; set; } =
        process => process == new ProcessIdentity("here", 1, "now");

    public string Next() => $"r{++ids}";

    private void Record(string line)
    {
        lock (turn)
        {
            lines.Add(line);
        }
    }

    /// <summary>What is to be different in the configuration.</summary>
    public Func<DeployConfig, DeployConfig> Configure { get; set; } = c => c;

    /// <summary>Who deploys.</summary>
    public string Performer { get; set; } = "anna@here";

    private DeploymentRequest Request(string version, bool isRollback) =>
        new()
        {
            Version = version,
            Performer = Performer,
            ProjectFolder = "/project",
            IsRollback = isRollback,
            Config = Configure(Config),
        };

    private DeployConfig Config =>
        new()
        {
            Service = "app",
            Image = "app",
            Bake = new BakeConfig { Window = TimeSpan.Zero },
            Roles =
            [
                new RoleConfig
                {
                    Name = "web",
                    Hosts = [.. Hosts.Select(h => new HostConfig { Name = h.Name })],
                    Proxy = new ProxyConfig(),
                },
            ],
        };

    private DeploymentServices Services() =>
        new()
        {
            Hosts = this,
            Builder = _ => throw new InvalidOperationException("Nothing is built here."),
            BaseImages = _ => throw new InvalidOperationException("No base image is needed here."),
            BuildEngine = _ => Task.FromResult<IContainerEngine>(Hosts[0]),
            Registry = this,
            ProxyImages = this,
            Hooks = this,
            Terminal = Terminal,
            Processes = this,
            Observer = this,
            Patience = Patience,
            Time = Time,
            Ids = this,
            Mask = Mask,
        };

    /// <summary>Hides secrets.</summary>
    public SecretMask Mask { get; } = new();
}

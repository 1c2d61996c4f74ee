using System.Reflection;
using Docker.DotNet;
using Lotse.Configuration;
using Lotse.Execution;
using Lotse.Execution.Deployments;
using Lotse.Execution.Leases;
using Lotse.Execution.Ports;
using Lotse.Hosts.Docker;
using Lotse.Hosts.Images;
using Lotse.Hosts.Local;
using Lotse.Hosts.Local.Terminals;
using Lotse.Hosts.Proxy;
using Lotse.Hosts.Ssh;
using Lotse.Hosts.Ssh.Access;
using Lotse.Nuke.Deployments;

namespace Lotse.EndToEnd.Host;

/// <summary>The deployer with its real adapters, in a world of its own.</summary>
public sealed class World : IHostConnector, IAsyncDisposable
{
    private static readonly Uri EngineAddress = new(
        Environment.GetEnvironmentVariable("DOCKER_HOST") is { Length: > 0 } address
            ? address
            : "unix:///var/run/docker.sock"
    );

    private readonly WorldSpec spec;
    private readonly Moments? moments;
    private readonly ShiftedTime time;
    private readonly DockerClient client;
    private readonly EmbeddedRegistry registry;
    private readonly SshHosts servers;

    /// <summary>Composes it; nothing is done yet.</summary>
    /// <param name="spec">The world.</param>
    /// <param name="moments">Takes the moments as they pass; null: nobody does.</param>
    public World(WorldSpec spec, Moments? moments = null)
    {
        this.spec = spec;
        this.moments = moments;
        using var configuration = new DockerClientConfiguration(
            EngineAddress,
            defaultTimeout: Timeout.InfiniteTimeSpan
        );
        client = configuration.CreateClient();
        servers = new SshHosts(new SshDialer(Ssh, TimeProvider.System), spec.Service, ProxyOf, TimeProvider.System);
        registry = new EmbeddedRegistry(spec.RegistryFolder, TimeProvider.System);
        time = new ShiftedTime { Ahead = spec.ClockAhead };
        if (moments is not null)
        {
            moments.OnAwake = () => time.Ahead += LeaseRules.Lifetime;
            OnProxy = PassAsync;
        }

        Services = new DeploymentServices
        {
            Hosts = this,
            Builder = BuilderAsync,
            BaseImages = BaseImagesAsync,
            BuildEngine = _ => Task.FromResult<IContainerEngine>(new DockerEngine(HostConfig.LocalName, client)),
            Registry = registry,
            MostOfChange = spec.MostOfChange,
            ProxyImages = new ProxyImages(RepositoryRoot, BuilderAsync, BaseImagesAsync, TimeProvider.System),
            Hooks = new HookRunner(spec.ProjectFolder, ".kamal/hooks"),
            Terminal = new LocalTerminal(TimeProvider.System),
            Processes = spec.IsElsewhere ? new ElsewhereProcesses() : new LocalProcesses(),
            Observer = moments is null ? Observer : new MomentObserver(Observer, moments),
            Machine = spec.Machine,
            Patience = spec.Patience,
            Time = time,
            Ids = new RandomIds(),
        };
    }

    /// <summary>What happened.</summary>
    public RecordingObserver Observer { get; } = new();

    /// <summary>Is called, and waited for, before and after each command that the deployer gives a proxy.</summary>
    public Func<ProxyEvent, Task> OnProxy { get; set; } = _ => Task.CompletedTask;

    /// <summary>Is called when a server is connected to.</summary>
    public Action<string> OnConnected { get; set; } = _ => { };

    /// <summary>Is called, and waited for, before each stage of a whole deploy.</summary>
    public Func<DeployStage, Task> OnStage { get; set; } = _ => Task.CompletedTask;

    /// <summary>The adapters.</summary>
    public DeploymentServices Services { get; }

    /// <summary>The sources that this was built from.</summary>
    public static string RepositoryRoot =>
        typeof(World)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .First(a => a.Key == "RepositoryRoot")
            .Value!;

    /// <inheritdoc/>
    public async Task<IHost> ConnectAsync(string host, CancellationToken cancellation)
    {
        var connected =
            host == HostConfig.LocalName ? ConnectLocally(host) : await servers.ConnectAsync(host, cancellation);
        if (host != HostConfig.LocalName)
        {
            OnConnected(host);
        }

        return moments is null ? connected : new WatchedHost(connected, moments);
    }

    /// <summary>Sets the deployer's clock on: what expires within that time has expired.</summary>
    public void Advance(TimeSpan by) => time.Ahead += by;

    /// <summary>A deploy or rollback that has not begun.</summary>
    public Deployment Begin(ReleaseSpec release, string performer, bool isRollback = false) =>
        new(
            Services,
            new DeploymentRequest
            {
                Config = DeployConfigs.For(spec, release),
                Version = release.Version,
                Performer = performer,
                ProjectFolder = spec.ProjectFolder,
                IsRollback = isRollback,
            }
        );

    /// <summary>
    /// A whole deploy or rollback, stage by stage as the targets do it; returns what its first look found.
    /// </summary>
    public async Task<Preflight> RunAsync(ReleaseSpec release, CancellationToken cancellation, bool isRollback = false)
    {
        await using var deployment = Begin(release, spec.Owner, isRollback);
        var found = await deployment.LookAsync(cancellation);
        if (found.IsUpToDate)
        {
            return found;
        }

        PushedImage? pushed = null;
        if (found.NeedsImage)
        {
            await OnStage(DeployStage.Build);
            var built = await deployment.BuildAsync(new Progress<BuildProgress>(), cancellation);
            await OnStage(DeployStage.Push);
            pushed = await deployment.PushAsync(built, new Progress<LayerProgress>(), cancellation);
        }

        var prepared = await deployment.PrepareAsync(pushed, cancellation);
        var switched = await deployment.SwitchAsync(prepared, cancellation);
        await deployment.CleanUpAsync(switched, cancellation);
        return found;
    }

    /// <summary>Looking and removing, with the configuration of a release.</summary>
    public Operations Operate(ReleaseSpec release) => new(Services, DeployConfigs.For(spec, release), spec.Owner);

    /// <summary>
    /// Packs an image's layers for the registry, ahead of the first deploy of an image that stands on it: that takes longer than all the rest of a deploy, and several
    /// first deploys at once would each do it.
    /// </summary>
    public async Task FillRegistryAsync(string image, CancellationToken cancellation)
    {
        var builder = await Services.BuildEngine(cancellation);
        var name = $"{await registry.StartAsync(cancellation)}/base:1";
        await builder.PushAsync(image, name, null, null, cancellation);
        await builder.RemoveImageAsync(name, cancellation);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await servers.DisposeAsync();
        await registry.DisposeAsync();
        client.Dispose();
    }

    private LocalHost ConnectLocally(string host)
    {
        var engine = new DockerEngine(host, client);
        return new LocalHost(host, engine, ProxyOf(host, engine), new LocalStore(spec.StateFolder), spec.StateFolder);
    }

    /// <summary>
    /// A command is unsent when the journal on the host tells of it and the host has not got it, and unread when it is carried out and the deployer does not know
    /// it.
    /// </summary>
    private async Task PassAsync(ProxyEvent happened)
    {
        var (what, verb) = happened.Moment switch
        {
            ProxyMoment.BeforeStage => ("Unsent StageTarget", "stage"),
            ProxyMoment.AfterStage => ("Unread StageTarget", "stage"),
            ProxyMoment.BeforeSwitch => ("Unsent SwitchTraffic", "switch"),
            ProxyMoment.AfterSwitch => ("Unread SwitchTraffic", "switch"),
            _ => ("Unsent DrainTarget", "drain"),
        };
        await moments!.WhenWrittenAsync(happened.Host, verb);
        moments.Pass(what);
    }

    // The person's own files of OpenSSH are none of a test's business.
    private SshSettings Ssh =>
        new()
        {
            Config = DeployConfigs.Ssh(spec),
            ProjectFolder = spec.ProjectFolder,
            Home = spec.ProjectFolder,
            Environment = _ => null,
        };

    private WatchedProxy ProxyOf(string host, IContainerEngine engine) =>
        new(
            host,
            new LotseProxyDriver(
                host,
                spec.Machine.Proxy,
                engine,
                TimeProvider.System,
                spec.ProxyLimits.TryGetValue(host, out var limit) ? limit : null
            ),
            happened => OnProxy(happened)
        );

    private Task<IImageBuilder> BuilderAsync(CancellationToken cancellation) =>
        Task.FromResult<IImageBuilder>(
            new ImageBuilder(client, new ImageBuilderOptions { Engine = EngineAddress }, TimeProvider.System)
        );

    private Task<IBaseImages> BaseImagesAsync(CancellationToken cancellation)
    {
        // Shared with deploys of this machine: what a stand-in needs is fetched once.
        var state = LocalStore.BaseFolder(Environment.GetEnvironmentVariable);
        var options = new BaseImagesOptions
        {
            CacheDirectory = Path.Combine(state, "cache"),
            Login = () => RegistryLogin.Of(DeployConfigs.For(spec, new ReleaseSpec(""))),
        };
        return Task.FromResult<IBaseImages>(new BaseImages(client, options, TimeProvider.System));
    }
}

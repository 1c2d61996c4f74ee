using System.Reflection;
using Docker.DotNet;
using Lotse.Configuration;
using Lotse.Execution;
using Lotse.Execution.Deployments;
using Lotse.Execution.Ports;
using Lotse.Hosts.Docker;
using Lotse.Hosts.Images;
using Lotse.Hosts.Local;
using Lotse.Hosts.Proxy;
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
    private readonly DockerClient client;
    private readonly EmbeddedRegistry registry;

    /// <summary>Composes it; nothing is done yet.</summary>
    /// <param name="spec">The world.</param>
    /// <param name="momentsBeforeDeath">After how many moments the deployer dies; null: never.</param>
    public World(WorldSpec spec, int? momentsBeforeDeath = null)
    {
        this.spec = spec;
        using var configuration = new DockerClientConfiguration(
            EngineAddress,
            defaultTimeout: Timeout.InfiniteTimeSpan
        );
        client = configuration.CreateClient();
        registry = new EmbeddedRegistry(spec.RegistryFolder, TimeProvider.System);
        Services = new DeploymentServices
        {
            Hosts = this,
            Builder = BuilderAsync,
            BaseImages = BaseImagesAsync,
            BuildEngine = _ => Task.FromResult<IContainerEngine>(new DockerEngine(HostConfig.LocalName, client)),
            Registry = registry,
            ProxyImages = new ProxyImages(RepositoryRoot, BuilderAsync, BaseImagesAsync),
            Hooks = new HookRunner(spec.ProjectFolder, ".kamal/hooks"),
            Processes = new LocalProcesses(),
            Observer = momentsBeforeDeath is { } left ? new LethalObserver(Observer, left) : Observer,
            Machine = spec.Machine,
            Time = TimeProvider.System,
            Ids = new RandomIds(),
        };
    }

    /// <summary>What happened.</summary>
    public RecordingObserver Observer { get; } = new();

    /// <summary>The adapters.</summary>
    public DeploymentServices Services { get; }

    private static string RepositoryRoot =>
        typeof(World)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .First(a => a.Key == "RepositoryRoot")
            .Value!;

    /// <inheritdoc/>
    public Task<IHost> ConnectAsync(string host, CancellationToken cancellation)
    {
        var engine = new DockerEngine(host, client);
        var proxy = new LotseProxyDriver(host, spec.Machine.Proxy, engine, TimeProvider.System);
        return Task.FromResult<IHost>(
            new LocalHost(host, engine, proxy, new LocalStore(spec.StateFolder), spec.StateFolder)
        );
    }

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
        await using var deployment = Begin(release, "deployer@test", isRollback);
        var found = await deployment.LookAsync(cancellation);
        if (found.IsUpToDate)
        {
            return found;
        }

        PushedImage? pushed = null;
        if (found.NeedsImage)
        {
            var built = await deployment.BuildAsync(new Progress<BuildProgress>(), cancellation);
            pushed = await deployment.PushAsync(built, new Progress<LayerProgress>(), cancellation);
        }

        var prepared = await deployment.PrepareAsync(pushed, cancellation);
        var switched = await deployment.SwitchAsync(prepared, cancellation);
        await deployment.CleanUpAsync(switched, cancellation);
        return found;
    }

    /// <summary>Looking and removing, with the configuration of a release.</summary>
    public Operations Operate(ReleaseSpec release) => new(Services, DeployConfigs.For(spec, release), "deployer@test");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await registry.DisposeAsync();
        client.Dispose();
    }

    private Task<IImageBuilder> BuilderAsync(CancellationToken cancellation) =>
        Task.FromResult<IImageBuilder>(
            new ImageBuilder(client, new ImageBuilderOptions { Engine = EngineAddress }, TimeProvider.System)
        );

    private Task<IBaseImages> BaseImagesAsync(CancellationToken cancellation)
    {
        // Shared with deploys of this machine: what a stand-in needs is fetched once.
        var state = LocalStore.BaseFolder(Environment.GetEnvironmentVariable);
        var options = new BaseImagesOptions { CacheDirectory = Path.Combine(state, "cache") };
        return Task.FromResult<IBaseImages>(new BaseImages(client, options, TimeProvider.System));
    }
}

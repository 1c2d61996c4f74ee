using Docker.DotNet;
using Lotse.Configuration;
using Lotse.Execution;
using Lotse.Execution.Deployments;
using Lotse.Execution.Hooks;
using Lotse.Execution.Ports;
using Lotse.Execution.Reporting;
using Lotse.Hosts.Docker;
using Lotse.Hosts.Images;
using Lotse.Hosts.Local;
using Lotse.Hosts.Local.Terminals;
using Lotse.Hosts.Proxy;
using Lotse.Hosts.Ssh;
using Lotse.Hosts.Ssh.Access;
using Lotse.Nuke.Console;
using Lotse.Planning;
using Serilog;

namespace Lotse.Nuke.Deployments;

/// <summary>The composition root: which adapter stands behind which port.</summary>
internal sealed class Composition : IHostConnector, IAsyncDisposable
{
    private readonly DeployConfig config;
    private readonly TimeProvider time = TimeProvider.System;
    private readonly ProgressLine progress;
    private readonly Lazy<Task<(DockerClient Client, Uri Address)>> engine;
    private readonly EmbeddedRegistry registry;
    private readonly SshHosts servers;
    private readonly HookRunner hooks;
    private readonly string stateFolder = LocalStore.BaseFolder(Environment.GetEnvironmentVariable);

    /// <param name="settings">What the person said.</param>
    /// <param name="config">The configuration.</param>
    /// <param name="machine">What services share on a machine; null for the usual names.</param>
    /// <param name="observer">Takes what happens; null for the console.</param>
    /// <param name="mask">Hides secrets; null for one of its own.</param>
    public Composition(
        DeploySettings settings,
        DeployConfig config,
        MachineNames? machine = null,
        IRolloutObserver? observer = null,
        SecretMask? mask = null
    )
    {
        mask ??= new SecretMask();
        progress = ProgressLine.ForConsole(mask);
        this.config = config;
        engine = new Lazy<Task<(DockerClient, Uri)>>(ConnectEngineAsync);
        Ssh = SshSettings.For(config, settings.RootDirectory);
        var storeName = LocalStore.NameOf(config.Service, config.Destination);
        servers = new SshHosts(new SshDialer(Ssh, time), storeName, ProxyOf, time, Warn);
        hooks = new HookRunner(settings.RootDirectory, config.HooksPath);
        registry = new EmbeddedRegistry(Path.Combine(stateFolder, "registry"), time);
        Services = new DeploymentServices
        {
            Hosts = this,
            Builder = BuilderAsync,
            BaseImages = BaseImagesAsync,
            BuildEngine = async _ => new DockerEngine(HostConfig.LocalName, (await engine.Value).Client),
            Registry = registry,
            ProxyImages = new ProxyImages(settings.RootDirectory, BuilderAsync, BaseImagesAsync, time),
            Hooks = new MaskedHooks(hooks, mask),
            Mask = mask,
            Terminal = new LocalTerminal(time),
            Processes = new LocalProcesses(),
            Observer = observer ?? new RolloutConsole(progress, config.HooksOutput),
            Machine = machine ?? MachineNames.Default,
            Time = time,
            Ids = new RandomIds(),
        };
    }

    public DeploymentServices Services { get; }

    /// <summary>Whether this machine's engine is installed and started where it does not run. Default: yes.</summary>
    public bool StartsEngine { get; init; } = true;

    /// <summary>How servers are reached.</summary>
    public SshSettings Ssh { get; }

    public ProgressLine Progress => progress;

    /// <summary>Begins to connect to the servers while other things are found out; not before a hook that wants to come first.</summary>
    public void Approach()
    {
        if (!hooks.Has(HookNames.PreConnect))
        {
            servers.Approach(HostSet.NamesOf(config).Where(name => name != HostConfig.LocalName));
        }
    }

    public async Task<IHost> ConnectAsync(string host, CancellationToken cancellation)
    {
        if (host != HostConfig.LocalName)
        {
            return await servers.ConnectAsync(host, cancellation);
        }

        var docker = new DockerEngine(host, (await engine.Value).Client);
        var store = LocalStore.For(config.Service, config.Destination, Environment.GetEnvironmentVariable);
        return new LocalHost(host, docker, ProxyOf(host, docker), store, stateFolder);
    }

    public async ValueTask DisposeAsync()
    {
        await servers.DisposeAsync();
        await registry.DisposeAsync();
        if (engine is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            (await engine.Value).Client.Dispose();
        }
    }

    private void Warn(string host, string text) => Services.Observer.Report(new Warning(host, text));

    private LotseProxyDriver ProxyOf(string host, IContainerEngine docker) =>
        new(host, Services.Machine.Proxy, docker, time);

    private async Task<IImageBuilder> BuilderAsync(CancellationToken cancellation)
    {
        var (client, address) = await engine.Value;
        return new ImageBuilder(client, new ImageBuilderOptions { Engine = address }, time);
    }

    private async Task<IBaseImages> BaseImagesAsync(CancellationToken cancellation)
    {
        var options = new BaseImagesOptions
        {
            CacheDirectory = Path.Combine(stateFolder, "cache"),
            Login = () => RegistryLogin.Of(config),
        };
        return new BaseImages((await engine.Value).Client, options, time);
    }

    private async Task<(DockerClient Client, Uri Address)> ConnectEngineAsync()
    {
        var bootstrap = new EngineBootstrap(time);
        var endpoint = StartsEngine
            ? await bootstrap.EnsureAsync(new EngineLines(), CancellationToken.None)
            : await bootstrap.FindAsync(CancellationToken.None);
        Log.Verbose(
            "Engine: {Server}, API {Api}, at {Address} ({Origin})",
            endpoint.Server,
            endpoint.ApiVersion,
            endpoint.Address,
            endpoint.Origin
        );
        var settings = new DockerClientConfiguration(endpoint.Address, defaultTimeout: Timeout.InfiniteTimeSpan);
        return (settings.CreateClient(), endpoint.Address);
    }

    private sealed class EngineLines : IProgress<EngineProgress>
    {
        public void Report(EngineProgress value)
        {
            var level = value.Detail ? Serilog.Events.LogEventLevel.Verbose : Serilog.Events.LogEventLevel.Information;
            Log.Write(level, "{Message}", value.Message);
        }
    }
}

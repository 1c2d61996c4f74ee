using System.Collections.Immutable;
using Lotse.Configuration;
using Lotse.Execution;
using Lotse.Execution.Ports;
using Lotse.Execution.Setup;
using Lotse.Hosts.Local;
using Lotse.Hosts.Setup;
using Lotse.Hosts.Ssh.Access;
using Lotse.Planning.Setup;
using Lotse.Testing.Engine;
using Lotse.Testing.Servers;
using Lotse.Testing.Waiting;
using Xunit.Sdk;
using Xunit.v3;

// Each test has servers of its own, and waits for them and for silent ports for most of its time: one more than this machine may have cores.
[assembly: Parallelization(Mode = ParallelMode.All, MaxThreads = 3)]

namespace Lotse.Setup.Tests;

/// <summary>Bare servers and a deployer who sets them up over SSH.</summary>
public sealed class SetupWorld : IAsyncDisposable
{
    public const string DeployUser = "deploy";
    public const string Performer = "somebody@here";

    // A server of a test is never read again after the machine's own power was cut.
    private const string InstallWithoutFlushing = "echo force-unsafe-io >/etc/dpkg/dpkg.cfg.d/test";

    private readonly TestEngine _engine;
    private readonly ServerFleet _fleet;
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("lotse-setup-");

    private SetupWorld(TestEngine engine, ServerFleet fleet)
    {
        _engine = engine;
        _fleet = fleet;
        var ssh = _home.CreateSubdirectory(".ssh").FullName;
        File.Copy(fleet.KnownHostsPath, Path.Combine(ssh, "known_hosts"));
        Servers = new SshServers(
            new SshSettings
            {
                Config = new SshConfig
                {
                    Keys = [fleet.KeyPath],
                    ReadsConfig = false,
                    KeysOnly = true,
                },
                ProjectFolder = _home.FullName,
                Home = _home.FullName,
                Environment = _ => null,
            },
            TimeProvider.System
        );
        Settings = new SetupSettings { DeployUser = DeployUser, DeployKeys = [fleet.PublicKey] };
    }

    public IReadOnlyList<NestedServer> Nodes => _fleet.Servers;

    public NestedServer Node => _fleet.Servers[0];

    public IServerConnector Servers { get; }

    public SetupSettings Settings { get; set; }

    public ImmutableArray<string> Logins { get; set; } = ["root"];

    /// <summary>The servers on which an engine was installed, as the hook was told.</summary>
    public List<string> EngineInstalled { get; } = [];

    public static async Task<SetupWorld> StartAsync(int servers, ServerKind kind, CancellationToken cancellation)
    {
        var engine = new TestEngine();
        try
        {
            var options = new ServerOptions { Kind = kind };
            var fleet = await ServerFleet.StartAsync(engine, servers, options, cancellation);
            await Task.WhenAll(fleet.Servers.Select(s => s.ExecAsync(InstallWithoutFlushing, cancellation)));
            return new SetupWorld(engine, fleet);
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
    }

    /// <summary>A set-up of all servers.</summary>
    public ServerSetup Setup(
        IServerConnector? connector = null,
        TimeSpan? confirmLimit = null,
        TimeProvider? time = null
    ) =>
        new(
            new SetupServices
            {
                Servers = connector ?? Servers,
                Ports = new TcpPortProbe(TimeProvider.System),
                Observer = new Progress<SetupEvent>(),
                EngineInstalled = (hosts, _) =>
                {
                    EngineInstalled.AddRange(hosts);
                    return Task.CompletedTask;
                },
                Processes = new LocalProcesses(),
                Performer = Performer,
                Ids = new RandomIds(),
                Time = time ?? TimeProvider.System,
            },
            new SetupRequest
            {
                Hosts = [.. Nodes.Select(n => n.Address)],
                Logins = Logins,
                Settings = Settings,
                ConfirmLimit = confirmLimit ?? TimeSpan.FromSeconds(60),
            }
        );

    /// <summary>Sets all servers up.</summary>
    public Task<SetupReport> RunAsync(CancellationToken cancellation) => RunAsync(Setup(), cancellation);

    /// <summary>The same with a set-up of the test's own.</summary>
    public static Task<SetupReport> RunAsync(ServerSetup setup, CancellationToken cancellation) =>
        Wait.ForAsync(WaitKind.Setup, setup.RunAsync(cancellation));

    /// <summary>How a port of the first server answers from this machine.</summary>
    public Task<PortAnswer> ProbeAsync(int port, CancellationToken cancellation) =>
        new TcpPortProbe(TimeProvider.System).ProbeAsync(Node.Address, port, TimeSpan.FromSeconds(2), cancellation);

    /// <summary>The same of a port that must be silent, and SSH's must be open right before and right after.</summary>
    public async Task AssertSilentAsync(int port, CancellationToken cancellation)
    {
        foreach (var tried in new[] { NestedServer.SshPort, port, NestedServer.SshPort })
        {
            var expected = tried == port ? PortAnswer.Silent : PortAnswer.Open;
            Assert.Equal((tried, expected), (tried, await ProbeAsync(tried, cancellation)));
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _fleet.DisposeAsync();
        await _engine.DisposeAsync();
        _home.Delete(recursive: true);
    }
}

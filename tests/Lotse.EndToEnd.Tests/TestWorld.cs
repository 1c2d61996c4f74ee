using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Docker.DotNet.Models;
using Lotse.EndToEnd.Host;
using Lotse.Execution.Deployments;
using Lotse.Execution.Journals;
using Lotse.Execution.Reporting;
using Lotse.Hosts.Local;
using Lotse.Planning;
using Lotse.Testing.Apps;
using Lotse.Testing.Engine;
using Lotse.Testing.Load;
using Lotse.Testing.Waiting;

namespace Lotse.EndToEnd.Tests;

/// <summary>A world and the questions that tests ask of it. Disposing it removes all that was made in it.</summary>
public sealed class TestWorld : IAsyncDisposable
{
    private const int FirstPort = 20_000;
    private const int PortCount = 10_000;

    /// <summary>Longer than any test has load, on however busy a machine.</summary>
    public static readonly TimeSpan LongestLoad = TimeSpan.FromMinutes(20);

    /// <summary>
    /// All kinds of clients, few and brief: several worlds share the machine, and each drain waits for what is in flight.
    /// </summary>
    public static readonly LoadProfile Light = new()
    {
        KeepAliveWorkers = 1,
        NewConnectionWorkers = 1,
        SlowWorkers = 1,
        RequestsPerSecond = 40,
        SlowDuration = TimeSpan.FromMilliseconds(400),
        StreamChunks = 4,
        MaxDuration = LongestLoad,
    };

    // Test programs that run at the same time begin elsewhere.
    private static int s_ports = Environment.ProcessId * 97;

    private readonly HttpClient client = new();

    private TestWorld(WorldSpec spec, TestEngine engine)
    {
        Spec = spec;
        Engine = engine;
        Deployer = new World(spec);
    }

    public WorldSpec Spec { get; private set; }

    public TestEngine Engine { get; }

    public World Deployer { get; private set; }

    public Uri Address => new UriBuilder("http", "127.0.0.1", Spec.HttpPort).Uri;

    public LocalStore Store => new(Spec.StateFolder);

    public static async Task<TestWorld> CreateAsync(
        DirectoryInfo folder,
        string baseImage,
        string registry,
        CancellationToken cancellation
    )
    {
        var engine = new TestEngine();
        await engine.RequireAsync(cancellation);
        var project = folder.CreateSubdirectory("project").FullName;
        await File.WriteAllTextAsync(Path.Combine(project, "Dockerfile"), DockerfileOf(engine), cancellation);
        foreach (var path in TestAppImage.Paths)
        {
            File.Copy(path, Path.Combine(project, Path.GetFileName(path)));
        }

        var spec = new WorldSpec
        {
            Service = engine.Name("app"),
            Machine = new MachineNames
            {
                Proxy = engine.Name("proxy"),
                ProxyVolume = engine.Name("state"),
                Network = engine.Name("net"),
            },
            HttpPort = FreePort(),
            ProjectFolder = project,
            StateFolder = Path.Combine(folder.FullName, "state"),
            RegistryFolder = registry,
            BaseImage = baseImage,
        };
        return new TestWorld(spec, engine);
    }

    /// <summary>Goes on with another configuration.</summary>
    public async Task ChangeAsync(Func<WorldSpec, WorldSpec> change)
    {
        await Deployer.DisposeAsync();
        Spec = change(Spec);
        Deployer = new World(Spec);
    }

    public Task<Preflight> DeployAsync(ReleaseSpec release) =>
        Wait.ForAsync(WaitKind.Deploy, Deployer.RunAsync(release, Cancellation));

    public Task<Preflight> DeployAsync(string version) => DeployAsync(new ReleaseSpec(version));

    /// <summary>Goes back as the target does: chooses, then deploys what was chosen.</summary>
    public async Task<string> RollbackAsync(ReleaseSpec release, string? to = null)
    {
        var config = DeployConfigs.For(Spec, release);
        var statuses = await Deployer.Operate(release).GetStatusAsync(Cancellation);
        var version = RollbackTarget.Choose(config, statuses, to);
        var rollback = Deployer.RunAsync(release with { Version = version }, Cancellation, isRollback: true);
        await Wait.ForAsync(WaitKind.Deploy, rollback);
        return version;
    }

    public Task<LoadGenerator> LoadAsync() => LoadAsync(Light);

    public Task<LoadGenerator> LoadAsync(LoadProfile profile) =>
        LoadGenerator.StartAsync(Address, profile, Cancellation);

    /// <summary>The version that answers now.</summary>
    public async Task<string?> VersionAsync()
    {
        using var answer = await client.GetAsync(Address, Cancellation);
        return answer.StatusCode == HttpStatusCode.OK ? answer.Headers.GetValues("X-Version").Single() : null;
    }

    /// <summary>The service's containers, running or not, accessories excepted.</summary>
    public Task<IReadOnlyList<ContainerListResponse>> ContainersAsync() =>
        Engine.ListAsync($"{Spec.Service}-web", Cancellation);

    /// <summary>
    /// Fails unless one version serves from one running container, and nothing is under way or left behind: no staged or undrained target, no lease, no open
    /// journal, no renamed container.
    /// </summary>
    public async Task AssertAtRestAsync(string version)
    {
        Assert.Equal(version, await VersionAsync());
        var host = await Deployer.ConnectAsync("local", Cancellation);
        var service = Assert.Single(await host.Proxy.ListAsync(Cancellation));
        Assert.Null(service.Staged);
        Assert.Null(service.Previous);
        await AwaitLateStopsAsync($"/{Spec.Service}-web-{version}");
        var containers = await ContainersAsync();
        var running = Assert.Single(containers, c => c.State == "running");
        Assert.Equal($"{running.ID[..12]}:8080", service.Active);
        Assert.Equal($"/{Spec.Service}-web-{version}", running.Names[0]);
        Assert.Null(await Records.ReadInterruptedAsync(Store, Cancellation));
        // To a deployer, the lease of one that died is as good as given back.
        Assert.Contains(
            "\"released\":true",
            await Store.ReadAsync("lease.json", Cancellation),
            StringComparison.Ordinal
        );
    }

    /// <summary>A deploy warns of what has not ended a while after its SIGTERM, and goes on; on a busy machine that ends a little later.</summary>
    private async Task AwaitLateStopsAsync(string serving)
    {
        var warned = Deployer.Observer.Events.OfType<Warning>().Where(w => w.Text.Contains(" after SIGTERM,")).ToList();
        foreach (var container in (await ContainersAsync()).Where(c => c.State == "running" && c.Names[0] != serving))
        {
            var name = container.Names[0].TrimStart('/');
            if (warned.Exists(w => w.Text.StartsWith($"{name} ", StringComparison.Ordinal)))
            {
                var late = await Engine.FindAsync(name, Cancellation);
                await late.WaitForExitAsync(TimeSpan.FromMinutes(2), Cancellation);
            }
        }
    }

    /// <summary>Fails if there is a container of a version.</summary>
    public async Task AssertNoContainerAsync(string version)
    {
        var name = $"/{Spec.Service}-web-{version}";
        Assert.DoesNotContain(
            await ContainersAsync(),
            c => c.Names.Any(n => n.StartsWith(name, StringComparison.Ordinal))
        );
    }

    /// <summary>The id of the accessory's container, which runs.</summary>
    public async Task<string> FindAccessoryAsync()
    {
        var found = await Engine.ListAsync(AccessoryName, Cancellation);
        return Assert.Single(found, c => c.State == "running").ID;
    }

    /// <summary>What the accessory wrote when its volume was new.</summary>
    public async Task<string> ReadBirthAsync()
    {
        var host = await Deployer.ConnectAsync("local", Cancellation);
        var answer = await host.Engine.ExecAsync(
            AccessoryName,
            ["cat", "/data/born"],
            Timeout.InfiniteTimeSpan,
            Cancellation
        );
        Assert.True(answer.ExitCode == 0, answer.Error);
        return answer.Output;
    }

    /// <summary>
    /// SIGKILL to the edge proxy's process, past the engine, which takes it for a crash; returns when it is up again.
    /// </summary>
    public async Task CrashProxyAsync()
    {
        var proxy = await Engine.FindAsync(Spec.Machine.Proxy, Cancellation);
        var before = (await proxy.InspectAsync(Cancellation)).State;
        Assert.SkipUnless(File.Exists($"/proc/{before.Pid}/comm"), "The engine's processes are not this machine's.");
        using (var process = Process.GetProcessById((int)before.Pid))
        {
            process.Kill();
        }

        var now = before;
        while (!now.Running || now.StartedAt == before.StartedAt)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancellation);
            now = (await proxy.InspectAsync(Cancellation)).State;
        }

        await (await Deployer.ConnectAsync("local", Cancellation)).Proxy.AwaitReadyAsync(Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await Deployer.DisposeAsync();
        await Engine.DisposeAsync();
    }

    private string AccessoryName => $"{Spec.Service}-{DeployConfigs.Accessory}";

    /// <summary>
    /// No two worlds build on each other's layers: the engine removes those with the last image that has them, also while the other world builds.
    /// </summary>
    private static string DockerfileOf(TestEngine engine)
    {
        const string Base = "FROM ${BASE}\n";
        var text = TestAppImage.Dockerfile;
        Assert.Contains(Base, text, StringComparison.Ordinal);
        return text.Replace(Base, $"{Base}LABEL {TestEngine.Label}={engine.Scope}\n", StringComparison.Ordinal);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>
    /// A port that nobody listens on. It is not one of those that the machine gives away by itself: another world's client might have it by the time of the deploy.
    /// </summary>
    private static int FreePort()
    {
        for (var tries = 0; tries < PortCount; tries++)
        {
            var port = FirstPort + (int)((uint)Interlocked.Increment(ref s_ports) % PortCount);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException) { }
        }

        throw new InvalidOperationException($"No port from {FirstPort} on is free.");
    }
}

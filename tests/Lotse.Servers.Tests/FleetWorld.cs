using System.Net;
using System.Text.Json;
using Lotse.EndToEnd.Host;
using Lotse.Execution;
using Lotse.Execution.Deployments;
using Lotse.Planning;
using Lotse.Testing.Apps;
using Lotse.Testing.Load;
using Lotse.Testing.Processes;
using Lotse.Testing.Servers;
using Lotse.Testing.Waiting;

namespace Lotse.Servers.Tests;

/// <summary>
/// A service on servers, its deployer, and the questions that tests ask of both. Disposing it gives servers back that are shared, in whatever state they are.
/// </summary>
public sealed class FleetWorld : IAsyncDisposable
{
    private const int HttpPort = 80;

    private static readonly TimeSpan ProcessLimit = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    private readonly HttpClient client = new() { Timeout = AnswerLimit };
    private readonly FleetWorldOptions options;

    private FleetWorld(FleetWorldOptions options, WorldSpec spec)
    {
        this.options = options;
        Spec = spec;
        Deployer = new World(spec);
    }

    public WorldSpec Spec { get; }

    public World Deployer { get; private set; }

    public IReadOnlyList<NestedServer> Servers => options.Servers;

    public static async Task<FleetWorld> CreateAsync(FleetWorldOptions options, CancellationToken cancellation)
    {
        var project = Directory.CreateDirectory(Path.Combine(options.Folder, "project")).FullName;
        await File.WriteAllTextAsync(Path.Combine(project, "Dockerfile"), TestAppImage.Dockerfile, cancellation);
        foreach (var path in TestAppImage.Paths)
        {
            File.Copy(path, Path.Combine(project, Path.GetFileName(path)));
        }

        Directory.CreateDirectory(Path.Combine(project, "config"));
        await File.WriteAllLinesAsync(
            Path.Combine(project, "config", "known_hosts"),
            options.Servers.SelectMany(s => s.KnownHostsLines),
            cancellation
        );
        var spec = new WorldSpec
        {
            Service = options.Engine.Name(options.Name),
            Machine = new MachineNames
            {
                Proxy = "proxy",
                ProxyVolume = $"{options.Name}-state",
                Network = $"{options.Name}-net",
            },
            HttpPort = HttpPort,
            ProjectFolder = project,
            StateFolder = Path.Combine(options.Folder, "state"),
            RegistryFolder = options.Registry,
            BaseImage = options.BaseImage,
            Servers = [.. options.Servers.Select(s => s.Address)],
            KeyFile = options.KeyPath,
        };
        return new FleetWorld(options, spec);
    }

    public Task<Preflight> DeployAsync(string version) => DeployAsync(new ReleaseSpec(version));

    public Task<Preflight> DeployAsync(ReleaseSpec release) =>
        Wait.ForAsync(WaitKind.Deploy, Deployer.RunAsync(release, Cancellation));

    public Task<Preflight> RollBackAsync(ReleaseSpec release) =>
        Wait.ForAsync(WaitKind.Deploy, Deployer.RunAsync(release, Cancellation, isRollback: true));

    /// <summary>A deployer that begins without a connection, as the next run of the program does.</summary>
    public async Task BeginAnewAsync(Func<WorldSpec, WorldSpec>? change = null)
    {
        await Deployer.DisposeAsync();
        Deployer = new World(change is null ? Spec : change(Spec));
    }

    /// <summary>Begins to deploy in a process of its own.</summary>
    public async Task<TestProcess> StartProcessAsync(ReleaseSpec release, Func<Orders, Orders> change)
    {
        var file = Path.Combine(options.Folder, $"{Path.GetRandomFileName()}.json");
        var orders = change(new Orders { World = Spec, Release = release });
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(orders), Cancellation);
        var host = Path.Combine(AppContext.BaseDirectory, "Lotse.EndToEnd.Host.dll");
        return TestProcess.Start(new ProcessRequest { FileName = "dotnet", Arguments = [host, file] });
    }

    /// <summary>Deploys in a process of its own.</summary>
    public async Task<ProcessResult> DeployInProcessAsync(ReleaseSpec release, Func<Orders, Orders> change)
    {
        await using var process = await StartProcessAsync(release, change);
        return await Wait.ForAsync(WaitKind.Command, process.WaitForExitAsync(ProcessLimit, Cancellation));
    }

    /// <summary>Where a server's service is.</summary>
    public static Uri AddressOf(NestedServer server) => new UriBuilder("http", server.Address, HttpPort).Uri;

    /// <summary>Load on some of the servers.</summary>
    public static async Task<FleetLoad> LoadAsync(IEnumerable<NestedServer> servers, LoadProfile profile) =>
        new(await Task.WhenAll(servers.Select(s => LoadGenerator.StartAsync(AddressOf(s), profile, Cancellation))));

    /// <summary>Load on all servers, of all kinds of clients, that leaves two cores some air.</summary>
    public Task<FleetLoad> LoadAsync() => LoadAsync(Servers, FleetLoad.Profile);

    /// <summary>The version that answers on a server now; null when none does.</summary>
    public async Task<string?> VersionAsync(NestedServer server)
    {
        using var answer = await client.GetAsync(AddressOf(server), Cancellation);
        return answer.StatusCode == HttpStatusCode.OK ? answer.Headers.GetValues("X-Version").Single() : null;
    }

    /// <summary>Fails unless each server serves one version from one running container, and nothing is under way or left.</summary>
    public async Task AssertAtRestAsync(string version)
    {
        foreach (var server in Servers)
        {
            await AssertAtRestAsync(server, version);
        }
    }

    /// <summary>The same of one server.</summary>
    public async Task AssertAtRestAsync(NestedServer server, string version)
    {
        await AssertServingAsync(server, version);
        await AssertClosedAsync(server);
    }

    /// <summary>
    /// Fails unless a deploy is refused for the lease that one server's lost deployer left, and for no other's. The deployer's clock is far behind: what has
    /// expired meanwhile has not for it, so that only leases that were given back are free.
    /// </summary>
    public async Task AssertHeldOnlyOnAsync(NestedServer server)
    {
        await BeginAnewAsync(spec => spec with { ClockAhead = -TimeSpan.FromHours(1) });
        var refused = await Assert.ThrowsAsync<UserException>(() => DeployAsync("held"));
        Assert.StartsWith(
            "1 problem(s), found before anything was changed:\n",
            refused.Message,
            StringComparison.Ordinal
        );
        Assert.Contains($"- [{server.Address}] deployer@test (process ", refused.Message, StringComparison.Ordinal);
    }

    private async Task AssertServingAsync(NestedServer server, string version)
    {
        Assert.Equal((server.Name, version), (server.Name, await VersionAsync(server)));
        var host = await Deployer.ConnectAsync(server.Address, Cancellation);
        var service = Assert.Single(await host.Proxy.ListAsync(Cancellation));
        Assert.Null(service.Staged);
        Assert.Null(service.Previous);
        var running = await ContainersAsync(server, "--filter status=running");
        Assert.Equal([$"{Spec.Service}-web-{version}"], running);
    }

    /// <summary>
    /// Fails unless the lease was given back and the journal has its end, as the server's own files say it: to a deployer a lease is free as well whose holder
    /// died or whose time is over.
    /// </summary>
    private async Task AssertClosedAsync(NestedServer server)
    {
        using var lease = JsonDocument.Parse((await ReadStoreAsync(server, "lease.json"))!);
        Assert.True(lease.RootElement.GetProperty("released").GetBoolean(), $"{server.Name}: {lease.RootElement}");
        var journal = (await ReadStoreAsync(server, "journal.jsonl"))!.Split(
            '\n',
            StringSplitOptions.RemoveEmptyEntries
        );
        // A deployer that slept past its lease may have added a line when it woke up: what counts is the rollout that the journal began with.
        var own = RolloutOf(journal[0]);
        var last = journal.Last(line => RolloutOf(line) == own);
        using var end = JsonDocument.Parse(last);
        Assert.True(end.RootElement.GetProperty("event").GetString() == "End", $"{server.Name}: {last}");
    }

    private static string? RolloutOf(string line)
    {
        using var entry = JsonDocument.Parse(line);
        return entry.RootElement.GetProperty("rollout").GetString();
    }

    /// <summary>A file of the service as it is on a server now; null when there is none.</summary>
    public async Task<string?> ReadStoreAsync(NestedServer server, string file)
    {
        var host = await Deployer.ConnectAsync(server.Address, Cancellation);
        return await host.Store.ReadAsync(file, Cancellation);
    }

    /// <summary>The names of the service's containers on a server, accessories excepted.</summary>
    public async Task<string[]> ContainersAsync(NestedServer server, string filter = "--all")
    {
        var names = await server.ExecAsync(
            $"docker ps {filter} --filter name={Spec.Service}-web --format '{{{{.Names}}}}'",
            Cancellation
        );
        return names.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        try
        {
            await Deployer.DisposeAsync();
        }
        finally
        {
            // Others may be waiting for them.
            if (options.Loan is { } loan)
            {
                await loan.DisposeAsync();
            }
        }
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;
}

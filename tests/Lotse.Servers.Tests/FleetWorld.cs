using System.Net;
using System.Text.Json;
using Lotse.EndToEnd.Host;
using Lotse.Execution.Deployments;
using Lotse.Execution.Journals;
using Lotse.Planning;
using Lotse.Testing.Apps;
using Lotse.Testing.Load;
using Lotse.Testing.Processes;
using Lotse.Testing.Servers;

namespace Lotse.Servers.Tests;

/// <summary>
/// A service on servers, its deployer, and the questions that tests ask of both. Disposing it revives the servers and
/// removes all containers from them.
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
        File.Copy(options.Fleet.KnownHostsPath, Path.Combine(project, "config", "known_hosts"));
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
            KeyFile = options.Fleet.KeyPath,
        };
        return new FleetWorld(options, spec);
    }

    public Task<Preflight> DeployAsync(string version) => DeployAsync(new ReleaseSpec(version));

    public Task<Preflight> DeployAsync(ReleaseSpec release) => Deployer.RunAsync(release, Cancellation);

    /// <summary>A deployer that begins without a connection, as the next run of the program does.</summary>
    public async Task BeginAnewAsync(Func<WorldSpec, WorldSpec>? change = null)
    {
        await Deployer.DisposeAsync();
        Deployer = new World(change is null ? Spec : change(Spec));
    }

    /// <summary>Deploys in a process of its own, which dies at its n-th moment.</summary>
    public async Task<ProcessResult> DeployInProcessAsync(string version, int moments, bool isElsewhere = false)
    {
        var file = Path.Combine(options.Folder, "world.json");
        var spec = Spec with { IsElsewhere = isElsewhere };
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(spec), Cancellation);
        var host = Path.Combine(AppContext.BaseDirectory, "Lotse.EndToEnd.Host.dll");
        var request = new ProcessRequest { FileName = "dotnet", Arguments = [host, file, version, $"{moments}"] };
        return await TestProcess.RunAsync(request, ProcessLimit, Cancellation);
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
    public async Task AssertAtRestAsync(string version, bool isJournalEnded = true)
    {
        foreach (var server in Servers)
        {
            await AssertAtRestAsync(server, version);
        }

        var first = await Deployer.ConnectAsync(Servers[0].Address, Cancellation);
        Assert.Equal(isJournalEnded, await Records.ReadInterruptedAsync(first.Store, Cancellation) is null);
        var statuses = await Deployer.Operate(new ReleaseSpec(version)).GetStatusAsync(Cancellation);
        Assert.Equal(Servers.Count, statuses.Length);
        Assert.All(statuses, status => Assert.Null(status.Lease));
    }

    /// <summary>The same of one server, but for its journal and its lease.</summary>
    public async Task AssertAtRestAsync(NestedServer server, string version)
    {
        Assert.Equal((server.Name, version), (server.Name, await VersionAsync(server)));
        var host = await Deployer.ConnectAsync(server.Address, Cancellation);
        var service = Assert.Single(await host.Proxy.ListAsync(Cancellation));
        Assert.Null(service.Staged);
        Assert.Null(service.Previous);
        var running = await ContainersAsync(server, "--filter status=running");
        Assert.Equal([$"{Spec.Service}-web-{version}"], running);
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
        await Deployer.DisposeAsync();
        await Task.WhenAll(Servers.Select(CleanAsync));
    }

    private static async Task CleanAsync(NestedServer server)
    {
        await server.ReviveAsync(CancellationToken.None);
        await server.ExecAsync(
            "docker ps --all --quiet | xargs --no-run-if-empty docker rm --force --volumes >/dev/null; "
                + "docker network prune --force >/dev/null",
            CancellationToken.None
        );
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;
}

using Lotse.EndToEnd.Host;
using Lotse.Hosts.Local;
using Lotse.Testing.Engine;
using Lotse.Testing.Servers;
using Lotse.Testing.Waiting;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(Lotse.Servers.Tests.SharedServers))]
// Two cores carry that: a test waits for most of its time.
[assembly: Parallelization(MaxThreads = 3)]

namespace Lotse.Servers.Tests;

/// <summary>
/// What tests share because it is dear to make: servers, which they take turns with (<see cref="ServerPool"/>), the image with the runtime, and a registry's folder, in
/// which its layers are packed once. Servers come without a container, but with the images that earlier tests left.
/// </summary>
public sealed class SharedServers : IAsyncLifetime
{
    /// <summary>How many servers most tests have.</summary>
    public const int Size = 3;

    /// <summary>Two tests that have so many find them at once, and one that has a single one. Each costs some seconds of computing until it has the runtime's image.</summary>
    private const int Most = 2 * Size + 1;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("lotse-server-tests-");
    private readonly TestEngine engine = new();
    private readonly ServerPool pool;
    private readonly Lazy<Task<string>> aspNet;
    private readonly Lazy<string> deployerState;
    private Task? filling;
    private int worlds;

    public SharedServers()
    {
        pool = new ServerPool(engine, Most, new ServerOptions());
        // Whoever asks first may be cancelled; the others still need it.
        aspNet = new Lazy<Task<string>>(() => engine.BuildAspNetAsync(CancellationToken.None));
        deployerState = new Lazy<string>(MakeDeployerState);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>The engine of this machine.</summary>
    public TestEngine Engine => engine;

    /// <summary>
    /// What the program keeps on the machine of those who run it as a process: images that it has made, layers, versions. But what it fetches to make images of is this
    /// machine's own, as for all tests.
    /// </summary>
    public string DeployerState => deployerState.Value;

    /// <summary>A world on so many servers, in which nothing is yet; whoever holds one already must not ask for another.</summary>
    public async Task<FleetWorld> CreateAsync(int servers, CancellationToken cancellation)
    {
        await engine.RequireAsync(cancellation);
        var loan = await pool.TakeAsync(servers, cancellation);
        try
        {
            return await CreateAsync(loan.Servers, loan.KeyPath, loan, cancellation);
        }
        catch
        {
            await loan.DisposeAsync();
            throw;
        }
    }

    /// <summary>A world on servers of a test's own, which stay its own.</summary>
    public Task<FleetWorld> CreateAsync(ServerFleet own, int servers, CancellationToken cancellation) =>
        CreateAsync([.. own.Servers.Take(servers)], own.KeyPath, null, cancellation);

    private async Task<FleetWorld> CreateAsync(
        IReadOnlyList<NestedServer> servers,
        string keyPath,
        ServerLoan? loan,
        CancellationToken cancellation
    )
    {
        var options = new FleetWorldOptions
        {
            Name = $"app{Interlocked.Increment(ref worlds)}",
            Folder = folder.CreateSubdirectory(Path.GetRandomFileName()).FullName,
            Registry = folder.CreateSubdirectory("registry").FullName,
            BaseImage = await aspNet.Value.WaitAsync(cancellation),
            Engine = engine,
            Servers = servers,
            KeyPath = keyPath,
            Loan = loan,
        };
        var world = await FleetWorld.CreateAsync(options, cancellation);
        await Wait.ForAsync(WaitKind.ImageBuild, FillRegistryAsync(world.Spec)).WaitAsync(cancellation);
        return world;
    }

    /// <summary>Once, before the first deploys, which would all do it.</summary>
    private Task FillRegistryAsync(WorldSpec spec)
    {
        lock (folder)
        {
            return filling ??= FillAsync(spec);
        }

        static async Task FillAsync(WorldSpec spec)
        {
            await using var deployer = new World(spec);
            await deployer.FillRegistryAsync(spec.BaseImage, CancellationToken.None);
        }
    }

    private string MakeDeployerState()
    {
        const string Cache = "cache";
        var state = folder.CreateSubdirectory("deployer").FullName;
        var own = Path.Combine(LocalStore.BaseFolder(Environment.GetEnvironmentVariable), Cache);
        Directory.CreateSymbolicLink(Path.Combine(state, Cache), Directory.CreateDirectory(own).FullName);
        return state;
    }

    public async ValueTask DisposeAsync()
    {
        await pool.DisposeAsync();
        await engine.DisposeAsync();
        folder.Delete(recursive: true);
    }
}

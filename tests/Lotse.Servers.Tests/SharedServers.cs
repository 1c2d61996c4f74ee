using Lotse.Testing.Engine;
using Lotse.Testing.Servers;

[assembly: AssemblyFixture(typeof(Lotse.Servers.Tests.SharedServers))]

namespace Lotse.Servers.Tests;

/// <summary>
/// Servers that tests take turns with, because they are dear to start and the runtime's layers dear to bring: each test
/// finds them without a container, but with the images that earlier ones left.
/// </summary>
public sealed class SharedServers : IAsyncLifetime
{
    /// <summary>The collection of all tests here: they share servers, and two cores' time.</summary>
    public const string OneByOne = "one by one";

    /// <summary>How many servers a fleet has.</summary>
    public const int Size = 3;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("lotse-server-tests-");
    private readonly TestEngine engine = new();
    private Task<string>? aspNet;
    private Task<ServerFleet>? fleet;
    private int worlds;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>The engine of this machine.</summary>
    public TestEngine Engine => engine;

    /// <summary>What the program keeps on the machine of those who run it as a process: images that it has made, layers, versions.</summary>
    public string DeployerState => Path.Combine(folder.FullName, "deployer");

    /// <summary>A world on the first so many servers, in which nothing is yet.</summary>
    public async Task<FleetWorld> CreateAsync(int servers, CancellationToken cancellation)
    {
        fleet ??= ServerFleet.StartAsync(engine, Size, new ServerOptions(), cancellation);
        return await CreateAsync(await fleet, servers, cancellation);
    }

    /// <summary>A world on servers of a test's own.</summary>
    public async Task<FleetWorld> CreateAsync(ServerFleet own, int servers, CancellationToken cancellation)
    {
        aspNet ??= engine.BuildAspNetAsync(cancellation);
        var options = new FleetWorldOptions
        {
            Name = $"app{++worlds}",
            Folder = folder.CreateSubdirectory(Path.GetRandomFileName()).FullName,
            Registry = folder.CreateSubdirectory("registry").FullName,
            BaseImage = await aspNet,
            Engine = engine,
            Fleet = own,
            Servers = [.. own.Servers.Take(servers)],
        };
        return await FleetWorld.CreateAsync(options, cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await engine.DisposeAsync();
        folder.Delete(recursive: true);
    }
}

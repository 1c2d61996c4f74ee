using Lotse.Execution.Deployments;
using Lotse.Execution.Ports;
using Lotse.Testing.Engine;
using Lotse.Testing.Packages;
using Lotse.Testing.Waiting;
using Xunit.Sdk;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(Lotse.EndToEnd.Tests.SharedEngine))]

// Each test has a world of its own, and waits for containers for most of its time: one more than this machine may have cores.
[assembly: Parallelization(Mode = ParallelMode.All, MaxThreads = 3)]

namespace Lotse.EndToEnd.Tests;

/// <summary>
/// What all worlds share because it is dear to make: base images, the application's files, the registry's layers.
/// </summary>
public sealed class SharedEngine : IAsyncLifetime
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("lotse-end-to-end-");
    private readonly TestEngine engine = new();
    private readonly Lazy<Task<string>> aspNet;
    private readonly Lazy<Task<string>> shell;
    private readonly Lazy<Task> beginning;

    public SharedEngine()
    {
        // Whoever asks first must not take it along when it is given up.
        aspNet = new(() => engine.BuildAspNetAsync(CancellationToken.None));
        shell = new(() => engine.BuildShellAsync(CancellationToken.None));
        beginning = new(BeginAsync);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>A world in which nothing is yet.</summary>
    public async Task<TestWorld> CreateAsync(CancellationToken cancellation)
    {
        await engine.RequireAsync(cancellation);
        var baseImage = await Wait.ForAsync(WaitKind.ImageBuild, MakeAsync()).WaitAsync(cancellation);
        return await TestWorld.CreateAsync(NewFolder, baseImage, Registry, cancellation);
    }

    /// <summary>An image that has a shell.</summary>
    public async Task<string> ShellImageAsync(CancellationToken cancellation)
    {
        return await Wait.ForAsync(WaitKind.ImageBuild, shell.Value).WaitAsync(cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await engine.DisposeAsync();
        folder.Delete(recursive: true);
    }

    private async Task<string> MakeAsync()
    {
        await beginning.Value;
        return await aspNet.Value;
    }

    /// <summary>What the first deploy would do for all that follow, and here several are the first.</summary>
    private async Task BeginAsync()
    {
        var baseImage = await aspNet.Value;
        await using var world = await TestWorld.CreateAsync(NewFolder, baseImage, Registry, default);
        var services = world.Deployer.Services;
        var builder = await services.BuildEngine(default);
        await Task.WhenAll(
            services.ProxyImages.EnsureAsync(builder, new Progress<string>(), default),
            world.Deployer.FillRegistryAsync(baseImage, default)
        );
    }

    private DirectoryInfo NewFolder => folder.CreateSubdirectory(Path.GetRandomFileName());

    private string Registry => folder.CreateSubdirectory("registry").FullName;
}

using Lotse.Testing.Engine;

[assembly: AssemblyFixture(typeof(Lotse.EndToEnd.Tests.SharedEngine))]

namespace Lotse.EndToEnd.Tests;

/// <summary>
/// What all worlds share because it is dear to make: base images, the application's files, the registry's layers.
/// </summary>
public sealed class SharedEngine : IAsyncLifetime
{
    /// <summary>The collection of all tests here: they share two cores' time, so one runs after the other.</summary>
    public const string OneByOne = "one by one";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("lotse-end-to-end-");
    private readonly TestEngine engine = new();
    private Task<string>? aspNet;
    private Task<string>? shell;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>A world in which nothing is yet.</summary>
    public async Task<TestWorld> CreateAsync(CancellationToken cancellation)
    {
        await engine.RequireAsync(cancellation);
        aspNet ??= engine.BuildAspNetAsync(cancellation);
        var baseImage = await aspNet;
        return await TestWorld.CreateAsync(
            folder.CreateSubdirectory(Path.GetRandomFileName()),
            baseImage,
            Registry,
            cancellation
        );
    }

    /// <summary>An image that has a shell.</summary>
    public async Task<string> ShellImageAsync(CancellationToken cancellation)
    {
        shell ??= engine.BuildShellAsync(cancellation);
        return await shell;
    }

    public async ValueTask DisposeAsync()
    {
        await engine.DisposeAsync();
        folder.Delete(recursive: true);
    }

    private string Registry => folder.CreateSubdirectory("registry").FullName;
}

using System.Text.Json;
using Lotse.EndToEnd.Host;
using Lotse.Testing.Load;
using Lotse.Testing.Processes;

namespace Lotse.EndToEnd.Tests;

/// <summary>
/// A deployer that is killed, whenever it may be, harms no client, and the next deploy needs no help.
/// </summary>
[Collection(SharedEngine.OneByOne)]
public sealed class DeadDeployerTests(SharedEngine shared)
{
    private const int Killed = 128 + 9;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Killed_at_any_moment_of_an_upgrade_it_is_followed_by_a_deploy_that_converges()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var world = await shared.CreateAsync(cancellation);
        await world.DeployAsync(Release("v0"));
        await world.DeployAsync(Release("v1"));
        await using var load = await world.LoadAsync(Brief);
        await load.WaitForVersionAsync("v1", 3, Limit, cancellation);
        var lived = await DeployInProcessAsync(world, "v2", null, cancellation);
        Assert.True(lived.ExitCode == 0, lived.Error);
        await world.AssertAtRestAsync("v2");
        await load.WaitForVersionAsync("v2", 3, Limit, cancellation);

        var expected = new List<string> { "v1", "v2" };
        foreach (var moment in Moments.In(lived.Output))
        {
            var version = $"v{expected.Count + 1}";
            expected.Add(version);
            var died = await DeployInProcessAsync(world, version, moment, cancellation);
            Assert.Equal((Killed, moment), (died.ExitCode, Moments.In(died.Output)[^1]));
            Assert.NotNull(await world.VersionAsync());
            await world.DeployAsync(Release(version));
            await load.WaitForVersionAsync(version, 3, Limit, cancellation);
            await world.AssertAtRestAsync(version);
        }

        var report = await load.StopAsync();
        report.AssertNothingFailed();
        Assert.Equal(expected, report.Versions.Distinct());
        TestContext.Current.TestOutputHelper?.WriteLine(report.ToString());
    }

    /// <summary>One old container is kept, so that each upgrade has one to clear away.</summary>
    private static ReleaseSpec Release(string version) => new(version) { Retain = 1 };

    /// <summary>Requests that are over soon: each of many drains waits for them.</summary>
    private static LoadProfile Brief =>
        new()
        {
            RequestsPerSecond = 60,
            SlowDuration = TimeSpan.FromMilliseconds(400),
            StreamChunks = 4,
            MaxDuration = TimeSpan.FromMinutes(20),
        };

    private static async Task<ProcessResult> DeployInProcessAsync(
        TestWorld world,
        string version,
        string? death,
        CancellationToken cancellation
    )
    {
        var file = Path.Combine(world.Spec.ProjectFolder, "..", "orders.json");
        var orders = new Orders
        {
            World = world.Spec,
            Release = Release(version),
            Death = death,
        };
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(orders), cancellation);
        var host = Path.Combine(AppContext.BaseDirectory, "Lotse.EndToEnd.Host.dll");
        var request = new ProcessRequest { FileName = "dotnet", Arguments = [host, file] };
        return await TestProcess.RunAsync(request, Limit, cancellation);
    }
}

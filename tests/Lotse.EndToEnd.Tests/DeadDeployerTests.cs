using System.Text.Json;
using Lotse.EndToEnd.Host;
using Lotse.Testing.Load;
using Lotse.Testing.Processes;
using Lotse.Testing.Waiting;

namespace Lotse.EndToEnd.Tests;

/// <summary>
/// A deployer that is killed, whenever it may be, harms no client, and the next deploy needs no help.
/// </summary>
public sealed class DeadDeployerTests(SharedEngine shared)
{
    private const int Killed = 128 + 9;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>
    /// One moment for each thing that the next deploy may find: a journal alone, a container without traffic, one that is staged while the journal tells of a
    /// switch, traffic that has moved while nobody knows it, and an old release that nobody has drained.
    /// </summary>
    [Fact]
    public async Task Killed_before_or_after_traffic_has_moved_it_is_followed_by_a_deploy_that_converges()
    {
        string[] moments =
        [
            "Unread JournalBegun #1",
            "Unsent StageTarget #1",
            "Unsent SwitchTraffic #1",
            "Unread SwitchTraffic #1",
            "Unsent DrainTarget #1",
        ];
        await using var world = await shared.CreateAsync(Cancellation);
        await world.DeployAsync(Release("v1"));
        await using var load = await world.LoadAsync();
        await load.WaitForVersionAsync("v1", 3, Limit, Cancellation);

        await DieAtEachAsync(world, load, moments, ["v1"]);
    }

    [Fact]
    [AllOnly(
        "DeadDeployerTests.Killed_before_or_after_traffic_has_moved…: its moments leave everything behind that one of these can, each for the first time"
    )]
    public async Task Killed_at_any_moment_of_an_upgrade_it_is_followed_by_a_deploy_that_converges()
    {
        await using var world = await shared.CreateAsync(Cancellation);
        await world.DeployAsync(Release("v0"));
        await world.DeployAsync(Release("v1"));
        await using var load = await world.LoadAsync();
        await load.WaitForVersionAsync("v1", 3, Limit, Cancellation);
        var lived = await DeployInProcessAsync(world, "v2", null);
        Assert.True(lived.ExitCode == 0, lived.Error);
        await world.AssertAtRestAsync("v2");
        await load.WaitForVersionAsync("v2", 3, Limit, Cancellation);

        await DieAtEachAsync(world, load, Moments.In(lived.Output), ["v1", "v2"]);
    }

    private static async Task DieAtEachAsync(
        TestWorld world,
        LoadGenerator load,
        IReadOnlyList<string> moments,
        List<string> expected
    )
    {
        foreach (var moment in moments)
        {
            var version = $"v{expected.Count + 1}";
            expected.Add(version);
            var died = await DeployInProcessAsync(world, version, moment);
            Assert.Equal((Killed, moment), (died.ExitCode, Moments.In(died.Output)[^1]));
            Assert.NotNull(await world.VersionAsync());
            await world.DeployAsync(Release(version));
            await load.WaitForVersionAsync(version, 3, Limit, Cancellation);
            await world.AssertAtRestAsync(version);
        }

        var report = await load.StopAsync();
        report.AssertNothingFailed();
        Assert.Equal(expected, report.Versions.Distinct());
        TestContext.Current.TestOutputHelper?.WriteLine(report.ToString());
    }

    /// <summary>One old container is kept, so that each upgrade has one to clear away.</summary>
    private static ReleaseSpec Release(string version) => new(version) { Retain = 1 };

    private static async Task<ProcessResult> DeployInProcessAsync(TestWorld world, string version, string? death)
    {
        var file = Path.Combine(world.Spec.ProjectFolder, "..", "orders.json");
        var orders = new Orders
        {
            World = world.Spec,
            Release = Release(version),
            Death = death,
        };
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(orders), Cancellation);
        var host = Path.Combine(AppContext.BaseDirectory, "Lotse.EndToEnd.Host.dll");
        var request = new ProcessRequest { FileName = "dotnet", Arguments = [host, file] };
        return await Wait.ForAsync(WaitKind.Deploy, TestProcess.RunAsync(request, Limit, Cancellation));
    }
}

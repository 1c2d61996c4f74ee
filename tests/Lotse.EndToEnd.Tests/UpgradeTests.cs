using Lotse.EndToEnd.Host;
using Lotse.Testing.Load;

namespace Lotse.EndToEnd.Tests;

/// <summary>Releases come and go under load, and no client notices.</summary>
public sealed class UpgradeTests(SharedEngine shared)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Upgrade_rollback_and_upgrade_again_fail_no_request()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var world = await shared.CreateAsync(cancellation);
        await world.DeployAsync("v1");
        await using var load = await world.LoadAsync(
            new LoadProfile { RequestsPerSecond = 60, MaxDuration = TestWorld.LongestLoad }
        );
        await load.WaitForVersionAsync("v1", 50, Limit, cancellation);

        await world.DeployAsync("v2");
        await load.WaitForVersionAsync("v2", 50, Limit, cancellation);
        Assert.Equal("v1", await world.RollbackAsync(new ReleaseSpec("v2")));
        await load.WaitForVersionAsync("v1", 50, Limit, cancellation);
        await world.DeployAsync("v3");
        await load.WaitForVersionAsync("v3", 50, Limit, cancellation);

        var report = await load.StopAsync();
        report.AssertNothingFailed();
        Assert.Equal(["v1", "v2", "v1", "v3"], report.Versions);
        Assert.Equal(3, report.WebSocketsClosedByServer);
        await world.AssertAtRestAsync("v3");
        TestContext.Current.TestOutputHelper?.WriteLine(report.ToString());
    }
}

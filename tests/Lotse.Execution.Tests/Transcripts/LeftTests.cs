using Lotse.Execution.Deployments;
using Lotse.Execution.Journals;
using Lotse.Execution.Ports;
using Lotse.Execution.Rollouts;

namespace Lotse.Execution.Tests.Transcripts;

/// <summary>Rollouts that fail, and whose taking back fails too: what serves goes on, and the next deploy clears up.</summary>
public sealed class LeftTests
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Where_the_traffic_cannot_be_moved_back_the_container_that_has_it_stays()
    {
        var fleet = await ServingAsync("1", "web1", "web2");
        fleet.Hosts[0].Fault = FaultAt("revert app-web");
        fleet.Hosts[1].Fault = FaultAt("switch app-web");

        var failed = await Assert.ThrowsAsync<RolloutFailedException>(() => fleet.DeployAsync("2"));

        Assert.Contains("[web1] could not switch app-web back", failed.Message, StringComparison.Ordinal);
        Assert.Equal(["web1"], failed.LeftOn);
        Assert.Equal(("2", "1"), (fleet.Hosts[0].Serving, fleet.Hosts[1].Serving));
        Assert.Equal(["app-web-1 Running", "app-web-2 Running"], fleet.Hosts[0].Containers.Order());
        Assert.Equal(["app-web-1 Running"], fleet.Hosts[1].Containers);
        await AssertNextConvergesAsync(fleet, "2");
    }

    [Fact]
    public async Task A_host_that_keeps_something_has_a_journal_without_an_end_and_the_others_have_one()
    {
        var fleet = await ServingAsync("1", "web1", "web2");
        fleet.Hosts[0].Fault = call => call is "stage app-web at 2" or "remove app-web-2" ? Broken(call) : null;

        await Assert.ThrowsAsync<RolloutFailedException>(() => fleet.DeployAsync("2"));

        var left = await Records.ReadInterruptedAsync(fleet.Hosts[0].Store, Token);
        Assert.Equal("reverted, but not all could be taken back", left?.Last.Text);
        Assert.Null(await Records.ReadInterruptedAsync(fleet.Hosts[1].Store, Token));
        // What is left counts as no release that served, although it has ended by now.
        Assert.Equal(["app-web-1 Running", "app-web-2 Exited"], fleet.Hosts[0].Containers.Order());
        await AssertNextConvergesAsync(fleet, "3");
        Assert.DoesNotContain(fleet.Hosts[0].Containers, c => c.StartsWith("app-web-2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_two_dead_deployers_left_is_cleared_away_by_the_third()
    {
        var fleet = await ServingAsync("1", "web1");
        await LeaveAsync(fleet, "2", "remove app-web-2");
        // It fails before it has cleared up after the first one.
        await LeaveAsync(fleet, "3", "remove app-web-2");

        await AssertNextConvergesAsync(fleet, "4");

        Assert.Equal(["app-web-1 Exited", "app-web-4 Running"], fleet.Hosts[0].Containers.Order());
    }

    [Fact]
    public async Task A_deploy_that_nobody_goes_on_with_tells_what_it_could_not_take_back()
    {
        var fleet = await ServingAsync("1", "web1");
        var deployment = fleet.Begin("2");
        await deployment.LookAsync(Token);
        await deployment.PrepareAsync(new PushedImage("app@2", "app:2"), Token);
        await deployment.DisposeAsync();

        var audit = await Records.ReadAuditAsync(fleet.Hosts[0].Store, Token);

        Assert.Equal("abandoned", audit[^1].Outcome);
        Assert.Empty(fleet.Warnings);
        Assert.Null(await Records.ReadInterruptedAsync(fleet.Hosts[0].Store, Token));
    }

    [Fact]
    public async Task A_failure_that_nobody_foresaw_takes_back_what_was_begun()
    {
        var fleet = await ServingAsync("1", "web1");
        fleet.Hosts[0].Fault = call => call == "start app-web-2" ? new InvalidOperationException("unforeseen") : null;

        var failed = await Assert.ThrowsAsync<RolloutFailedException>(() => fleet.DeployAsync("2"));

        Assert.Contains("unforeseen", failed.Message, StringComparison.Ordinal);
        Assert.Equal(["app-web-1 Running"], fleet.Hosts[0].Containers);
    }

    [Fact]
    public async Task A_rollback_whose_deployer_died_after_the_switch_counts_as_a_rollback()
    {
        var fleet = await ServingAsync("1", "web1");
        await fleet.DeployAsync("2");
        var deployment = fleet.Begin("1", isRollback: true);
        await deployment.LookAsync(Token);
        await deployment.SwitchAsync(await deployment.PrepareAsync(null, Token), Token);
        DieBeforeTheAudit((MemoryStore)fleet.Hosts[0].Store);

        await fleet.DeployAsync("3");

        var audit = await Records.ReadAuditAsync(fleet.Hosts[0].Store, Token);
        Assert.Equal(
            ["deploy 1", "deploy 2", "rollback 1", "deploy 3"],
            audit.Select(entry => $"{entry.Command} {entry.Version}")
        );
    }

    /// <summary>The container of the release that serves ended, and does so again after it was started: it had the traffic before, and no switch was sent.</summary>
    [Fact]
    public async Task A_switch_that_was_not_sent_is_not_taken_back()
    {
        var fleet = await ServingAsync("1", "web1");
        await using (var dying = fleet.Begin("2"))
        {
            await dying.LookAsync(Token);
            await dying.SwitchAsync(await dying.PrepareAsync(new PushedImage("app@2", "app:2"), Token), Token);
        }

        fleet.Hosts[0].End("app-web-2", 1);
        fleet.Hosts[0].OnStaged = () =>
        {
            fleet.Hosts[0].End("app-web-2", 1);
            return Task.CompletedTask;
        };
        fleet.TakeTranscript();

        await Assert.ThrowsAsync<RolloutFailedException>(() => fleet.DeployAsync("2"));

        var told = fleet.TakeTranscript();
        Assert.Contains("[web1] stage app-web at 2", told, StringComparison.Ordinal);
        Assert.DoesNotContain("revert", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rollback_that_fails_says_that_it_was_one()
    {
        var fleet = await ServingAsync("1", "web1");
        await fleet.DeployAsync("2");
        fleet.Hosts[0].IsHealthy = version => version != "1";

        var failed = await Assert.ThrowsAsync<RolloutFailedException>(() => fleet.DeployAsync("1", isRollback: true));

        Assert.StartsWith("Not rolled back to 1.\n", failed.Message, StringComparison.Ordinal);
        Assert.Equal("2", fleet.Hosts[0].Serving);
    }

    /// <summary>Neither the last line of the audit log nor the journal's end is there. That the lease has expired is not waited for.</summary>
    private static void DieBeforeTheAudit(MemoryStore store)
    {
        var audit = store.Files["audit.jsonl"].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        store.Files["audit.jsonl"] = string.Concat(audit.SkipLast(1).Select(line => line + "\n"));
        store.Files["lease.json"] = store
            .Files["lease.json"]
            .Replace("\"released\":false", "\"released\":true", StringComparison.Ordinal);
    }

    private static async Task LeaveAsync(Fleet fleet, string version, params string[] faults)
    {
        fleet.Hosts[0].IsHealthy = asked => asked != version;
        fleet.Hosts[0].Fault = call => faults.Contains(call) ? Broken(call) : null;
        await Assert.ThrowsAsync<RolloutFailedException>(() => fleet.DeployAsync(version));
        fleet.Hosts[0].Fault = _ => null;
    }

    private static async Task AssertNextConvergesAsync(Fleet fleet, string version)
    {
        foreach (var host in fleet.Hosts)
        {
            host.Fault = _ => null;
        }

        await fleet.DeployAsync(version);
        Assert.All(fleet.Hosts, host => Assert.Equal(version, host.Serving));
        foreach (var host in fleet.Hosts)
        {
            Assert.Null(await Records.ReadInterruptedAsync(host.Store, Token));
        }
    }

    private static async Task<Fleet> ServingAsync(string version, params string[] hosts)
    {
        var fleet = new Fleet(hosts);
        await fleet.DeployAsync(version);
        fleet.TakeTranscript();
        return fleet;
    }

    private static Func<string, Exception?> FaultAt(string call) => c => c == call ? Broken(call) : null;

    private static HostException Broken(string call) => new(HostFailure.Engine, "web", call, "it broke", "");
}

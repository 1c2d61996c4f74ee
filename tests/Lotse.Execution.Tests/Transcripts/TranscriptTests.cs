using Lotse.Execution.Deployments;
using Lotse.Execution.Journals;
using Lotse.Execution.Ports;
using Lotse.Execution.Rollouts;

namespace Lotse.Execution.Tests.Transcripts;

/// <summary>Whole deploys, told by what changed on the hosts.</summary>
public sealed class TranscriptTests
{
    [Fact]
    public async Task A_first_deploy()
    {
        var fleet = new Fleet("web1");
        await fleet.DeployAsync("1");
        Expect(
            fleet,
            """
            [web1] network kamal
            [web1] create lotse-proxy
            [web1] start lotse-proxy
            [web1] pull reg/app@1 as app:1
            [web1] remove image reg/app@1
            [web1] create app-web-1
            [web1] start app-web-1
            [web1] stage app-web at 1
            [web1] switch app-web
            """
        );
        await fleet.DeployAsync("1");
        Expect(fleet, "");
    }

    [Fact]
    public async Task An_upgrade_a_rollback_and_an_upgrade_again()
    {
        var fleet = await ServingAsync("1", "web1");
        await fleet.DeployAsync("2");
        Expect(
            fleet,
            """
            [web1] pull reg/app@2 as app:2
            [web1] remove image reg/app@2
            [web1] create app-web-2
            [web1] start app-web-2
            [web1] stage app-web at 2
            [web1] switch app-web
            [web1] drain app-web
            [web1] stop app-web-1
            """
        );
        await fleet.DeployAsync("1", isRollback: true);
        Expect(
            fleet,
            """
            [web1] start app-web-1
            [web1] stage app-web at 1
            [web1] switch app-web
            [web1] drain app-web
            [web1] stop app-web-2
            """
        );
        await fleet.DeployAsync("3");
        Assert.Equal("3", fleet.Hosts[0].Serving);
    }

    [Fact]
    public async Task A_release_that_is_unhealthy_on_one_host_of_three_is_taken_back_on_all()
    {
        var fleet = await ServingAsync("1", "web1", "web2", "web3");
        fleet.Hosts[1].IsHealthy = version => version != "2";
        var failed = await Assert.ThrowsAsync<RolloutFailedException>(() => fleet.DeployAsync("2"));
        Assert.Contains(
            "[web2] app-web-2: the application says that it is not healthy",
            failed.Message,
            StringComparison.Ordinal
        );
        Assert.EndsWith(
            "1 serves on, on every host; no request was dropped.",
            failed.Message,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("switch", fleet.TakeTranscript(), StringComparison.Ordinal);
        AssertServes(fleet, "1", "app-web-1 Running");
    }

    [Fact]
    public async Task A_switch_that_fails_on_one_host_of_three_is_switched_back_on_the_others()
    {
        var fleet = await ServingAsync("1", "web1", "web2", "web3");
        fleet.Hosts[2].Fault = FaultAt("switch app-web");
        var failed = await Assert.ThrowsAsync<RolloutFailedException>(() => fleet.DeployAsync("2"));
        Assert.EndsWith("1 serves again, on every host.", failed.Message, StringComparison.Ordinal);
        AssertServes(fleet, "1", "app-web-1 Running");
    }

    [Fact]
    public async Task A_run_that_is_interrupted_as_the_traffic_moves_says_that_the_old_release_serves_again()
    {
        var fleet = await ServingAsync("1", "web1");
        using var interrupt = new CancellationTokenSource();
        fleet.Hosts[0].Fault = call =>
        {
            if (call == "switch app-web")
            {
                interrupt.Cancel();
            }

            return null;
        };
        var failed = await Assert.ThrowsAsync<RolloutFailedException>(() =>
            fleet.DeployInterruptiblyAsync("2", false, interrupt.Token)
        );
        Assert.EndsWith("1 serves again, on every host.", failed.Message, StringComparison.Ordinal);
        AssertServes(fleet, "1", "app-web-1 Running");
    }

    [Fact]
    public async Task A_failure_while_settling_leaves_the_new_release_serving_and_the_next_run_clears_up()
    {
        var fleet = await ServingAsync("1", "web1");
        fleet.Hosts[0].Fault = FaultAt("drain app-web");
        await fleet.DeployAsync("2");
        Assert.Equal("2", fleet.Hosts[0].Serving);
        fleet.Hosts[0].Fault = _ => null;
        fleet.TakeTranscript();
        await fleet.DeployAsync("2");
        Expect(
            fleet,
            """
            [web1] drain app-web
            [web1] stop app-web-1
            """
        );
    }

    [Fact]
    public async Task A_failed_deploy_leaves_no_lease_an_ended_journal_and_a_line_in_the_audit_log()
    {
        var fleet = await ServingAsync("1", "web1");
        fleet.Hosts[0].IsHealthy = _ => false;
        await Assert.ThrowsAsync<RolloutFailedException>(() => fleet.DeployAsync("2"));
        var store = fleet.Hosts[0].Store;
        var token = TestContext.Current.CancellationToken;
        Assert.Contains("\"released\":true", await store.ReadAsync("lease.json", token), StringComparison.Ordinal);
        Assert.Null(await Records.ReadInterruptedAsync(store, token));
        var audit = await Records.ReadAuditAsync(store, token);
        Assert.Equal(["done", "failed: "], audit.Select(a => a.Outcome[..Math.Min(8, a.Outcome.Length)]));
        Assert.Null(audit[1].Served);
    }

    [Fact]
    public async Task A_run_that_is_interrupted_while_it_clears_up_says_so_and_leaves_the_rest_to_the_next()
    {
        var fleet = await ServingAsync("1", "web1");
        using var interrupt = new CancellationTokenSource();
        fleet.Hosts[0].Fault = call =>
        {
            if (call == "drain app-web")
            {
                interrupt.Cancel();
            }

            return null;
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            fleet.DeployInterruptiblyAsync("2", false, interrupt.Token)
        );
        AssertServes(fleet, "2", "app-web-1 Running", "app-web-2 Running");
        var token = TestContext.Current.CancellationToken;
        var store = fleet.Hosts[0].Store;
        Assert.Contains("\"released\":true", await store.ReadAsync("lease.json", token), StringComparison.Ordinal);
        Assert.Contains(
            "interrupted while clearing up",
            await store.ReadAsync("journal.jsonl", token),
            StringComparison.Ordinal
        );
        fleet.Hosts[0].Fault = _ => null;
        await fleet.DeployAsync("2");
        AssertServes(fleet, "2", "app-web-1 Exited", "app-web-2 Running");
    }

    /// <summary>Every call of an upgrade fails once, on one of two hosts: whatever it was, both hosts serve the same release afterwards, and the next deploy brings the new one.</summary>
    [Fact]
    public async Task Whatever_call_fails_the_fleet_stays_consistent_and_the_next_deploy_converges()
    {
        var calls = await CallsOfAnUpgradeAsync();
        Assert.True(calls.Count > 5, "an upgrade is more than a handful of calls");
        foreach (var call in calls)
        {
            var fleet = await ServingAsync("1", "web1", "web2");
            fleet.Hosts[1].Fault = FaultAt(call);
            var settles =
                call.Split(' ')[0] is "drain" or "stop"
                || call.StartsWith("remove image reg", StringComparison.Ordinal);
            if (settles)
            {
                await fleet.DeployAsync("2");
            }
            else
            {
                await Assert.ThrowsAsync<RolloutFailedException>(() => fleet.DeployAsync("2"));
            }

            Assert.All(fleet.Hosts, h => Assert.Equal(settles ? "2" : "1", h.Serving));
            fleet.Hosts[1].Fault = _ => null;
            await fleet.DeployAsync("2");
            AssertServes(fleet, "2", "app-web-1 Exited", "app-web-2 Running");
        }
    }

    private static async Task<List<string>> CallsOfAnUpgradeAsync()
    {
        var fleet = await ServingAsync("1", "web1");
        await fleet.DeployAsync("2");
        return [.. fleet.TakeTranscript().Split('\n').Select(l => l["[web1] ".Length..])];
    }

    private static async Task<Fleet> ServingAsync(string version, params string[] hosts)
    {
        var fleet = new Fleet(hosts);
        await fleet.DeployAsync(version);
        fleet.TakeTranscript();
        return fleet;
    }

    private static Func<string, Exception?> FaultAt(string call) =>
        c => c == call ? new HostException(HostFailure.Engine, "web", call, "it broke", "") : null;

    private static void AssertServes(Fleet fleet, string version, params string[] containers) =>
        Assert.All(
            fleet.Hosts,
            h =>
            {
                Assert.Equal(version, h.Serving);
                Assert.Equal(containers, h.Containers.Order());
            }
        );

    private static void Expect(Fleet fleet, string transcript) => Assert.Equal(transcript, fleet.TakeTranscript());
}

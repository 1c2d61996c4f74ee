using Lotse.Execution.Deployments;
using Lotse.Execution.Leases;
using Lotse.Execution.Ports;
using Lotse.Execution.Rollouts;

namespace Lotse.Execution.Tests.Transcripts;

/// <summary>Deploys that fail while a host is out of reach: what is told of it, and of the others, is what is known.</summary>
public sealed class LostHostTests
{
    private const StringComparison Ordinal = StringComparison.Ordinal;
    private const string Cure = "Status shows what serves; the next deploy clears up what is left.";

    [Fact]
    public async Task Lost_as_it_pulls_there_is_nothing_to_take_back_and_what_it_serves_is_not_known()
    {
        var fleet = await ServingAsync("web1", "web2", "web3");
        LoseAt(fleet.Hosts[1], "pull reg/app@2 as app:2");
        Assert.Equal(
            $"""
            2 was not deployed.
            [web2] pull reg/app@2 as app:2: it does not answer
            What was started is removed from every host that could be reached.
            1 serves on, on every other host than web2; no request was dropped there.
            web2: unknown, it cannot be reached. Its traffic was not moved: if it serves, it is 1.
            {Cure}
            """.ReplaceLineEndings("\n"),
            await FailAsync(fleet)
        );
    }

    [Theory]
    [InlineData("create app-web-2")]
    [InlineData("start app-web-2")]
    [InlineData("stage app-web at 2")]
    public async Task Lost_before_the_switch_no_request_was_dropped_on_the_others(string call)
    {
        var fleet = await ServingAsync("web1", "web2", "web3");
        LoseAt(fleet.Hosts[1], call);
        AssertEnds(
            await FailAsync(fleet),
            "1 serves on, on every other host than web2; no request was dropped there.",
            "web2: unknown, it cannot be reached. Its traffic was not moved: if it serves, it is 1."
        );
        Assert.All(fleet.Hosts, h => Assert.Equal("1", h.Serving));
    }

    [Fact]
    public async Task Lost_as_it_is_told_to_switch_it_may_serve_either()
    {
        var fleet = await ServingAsync("web1", "web2", "web3");
        LoseAt(fleet.Hosts[1], "switch app-web");
        AssertEnds(
            await FailAsync(fleet),
            "1 serves again, on every other host than web2.",
            "web2: unknown, it cannot be reached since the switch. It may serve 2 until the next deploy."
        );
        Assert.All(fleet.Hosts, h => Assert.Equal("1", h.Serving));
    }

    [Fact]
    public async Task Lost_after_its_own_switch_it_may_serve_the_new_release_and_does()
    {
        var fleet = await ServingAsync("web1", "web2");
        var (lost, refusing) = (fleet.Hosts[0], fleet.Hosts[1]);
        refusing.Fault = call => FaultAt(call, "switch app-web", () => lost.IsLost = true);
        AssertEnds(
            await FailAsync(fleet),
            "[web1] could not switch app-web back from app-web-2: [web1] abort app-web: it does not answer",
            "1 serves again, on every other host than web1.",
            "web1: unknown, it cannot be reached since the switch. It may serve 2 until the next deploy."
        );
        Assert.Equal(["2", "1"], fleet.Hosts.Select(h => h.Serving));
        lost.IsLost = false;
        refusing.Fault = _ => null;
        fleet.Time.Advance(LeaseRules.Lifetime);
        await fleet.DeployAsync("2");
        Assert.All(fleet.Hosts, h => Assert.Equal("2", h.Serving));
    }

    [Fact]
    public async Task Lost_unnoticed_while_another_host_fails_it_is_named_too()
    {
        var fleet = await ServingAsync("web1", "web2");
        fleet.Hosts[0].Fault = call => FaultAt(call, "pull reg/app@2 as app:2", () => fleet.Hosts[1].IsLost = true);
        AssertEnds(
            await FailAsync(fleet),
            "1 serves on, on every other host than web2; no request was dropped there.",
            "web2: unknown, it cannot be reached. Its traffic was not moved: if it serves, it is 1."
        );
    }

    [Fact]
    public async Task The_only_host_that_is_lost_leaves_nothing_to_say_of_others()
    {
        var fleet = await ServingAsync("web1");
        LoseAt(fleet.Hosts[0], "pull reg/app@2 as app:2");
        var told = await FailAsync(fleet);
        Assert.DoesNotContain("serves on", told, Ordinal);
        AssertEnds(told, "web1: unknown, it cannot be reached. Its traffic was not moved: if it serves, it is 1.");
    }

    [Fact]
    public async Task Lost_in_a_first_deploy_it_has_not_begun_to_serve()
    {
        var fleet = new Fleet("web1", "web2");
        LoseAt(fleet.Hosts[1], "stage app-web at 2");
        AssertEnds(
            await FailAsync(fleet),
            "Nothing served before, and nothing serves now on any other host than web2.",
            "web2: unknown, it cannot be reached. It had not begun to serve."
        );
    }

    [Fact]
    public async Task A_switch_whose_answer_was_lost_is_taken_back_and_no_more_is_said_than_is_known()
    {
        var fleet = await ServingAsync("web1");
        fleet.Hosts[0].Fault = call => call == "switch app-web" ? Failure(HostFailure.Unreachable, call) : null;
        var told = await FailAsync(fleet);
        Assert.EndsWith("\nWhat was started is removed.\n1 serves, on every host.", told, Ordinal);
        Assert.Equal("1", fleet.Hosts[0].Serving);
    }

    [Fact]
    public async Task A_host_that_refuses_to_switch_back_keeps_the_container_that_has_its_traffic()
    {
        var fleet = await ServingAsync("web1", "web2");
        fleet.Hosts[0].Fault = call => FaultAt(call, "revert app-web", () => { });
        fleet.Hosts[1].Fault = call => FaultAt(call, "switch app-web", () => { });
        AssertEnds(
            await FailAsync(fleet),
            "1 serves again, on every other host than web1.",
            "web1: its traffic could not be moved back. It may serve 2 until the next deploy."
        );
        Assert.Equal("2", fleet.Hosts[0].Serving);
        Assert.Contains("app-web-2 Running", fleet.Hosts[0].Containers);
        Assert.Equal(["app-web-1 Running"], fleet.Hosts[1].Containers);
    }

    [Fact]
    public async Task Lost_as_it_drains_the_new_release_serves_and_the_lost_one_is_named()
    {
        var fleet = await ServingAsync("web1", "web2");
        LoseAt(fleet.Hosts[1], "drain app-web");
        var token = TestContext.Current.CancellationToken;
        await using var deployment = fleet.Begin("2");
        await deployment.LookAsync(token);
        var prepared = await deployment.PrepareAsync(new PushedImage("app@2", "app:2"), token);
        await deployment.CleanUpAsync(await deployment.SwitchAsync(prepared, token), token);
        Assert.Equal(["web2"], deployment.OutOfReach);
        Assert.Contains(fleet.Warnings, w => w.Host == "web2" && w.Text.StartsWith("could not drain", Ordinal));
        Assert.All(fleet.Hosts, h => Assert.Equal("2", h.Serving));
    }

    private static void LoseAt(RecordingHost host, string call) =>
        host.Fault = made =>
        {
            host.IsLost |= made == call;
            return null;
        };

    private static HostException? FaultAt(string made, string call, Action also)
    {
        if (made != call)
        {
            return null;
        }

        also();
        return Failure(HostFailure.Engine, call);
    }

    private static HostException Failure(HostFailure failure, string call) => new(failure, "web", call, "it broke", "");

    private static async Task<string> FailAsync(Fleet fleet) =>
        Assert.IsType<RolloutFailedException>(await fleet.TryDeployAsync("2")).Message;

    private static void AssertEnds(string told, params string[] lines) =>
        Assert.EndsWith(string.Join('\n', lines.Append(Cure)), told, Ordinal);

    private static async Task<Fleet> ServingAsync(params string[] hosts)
    {
        var fleet = new Fleet(hosts);
        await fleet.DeployAsync("1");
        fleet.TakeStory();
        return fleet;
    }
}

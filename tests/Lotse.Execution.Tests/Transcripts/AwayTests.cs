using Lotse.Execution.Ports;
using Lotse.Execution.Rollouts;

namespace Lotse.Execution.Tests.Transcripts;

/// <summary>A host that is away for a while, or whose engine is silent, when a rollout has to be taken back: it may serve the new release.</summary>
public sealed class AwayTests
{
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(45);

    [Theory]
    [InlineData(HostFailure.Unreachable, "connecting again")]
    [InlineData(HostFailure.Silent, "asking again")]
    public async Task One_that_comes_back_in_time_is_switched_back(HostFailure failure, string said)
    {
        var fleet = await ServingAsync();
        fleet.Patience = Timeout.InfiniteTimeSpan;
        BeAwayFromSwitch(fleet, failure, Away);

        var failed = Assert.IsType<RolloutFailedException>(await fleet.TryDeployAsync("2"));

        Assert.All(fleet.Hosts, host => Assert.Equal((host.Name, "1"), (host.Name, host.Serving)));
        Assert.Contains("What was started is removed.", failed.Message, StringComparison.Ordinal);
        Assert.Single(fleet.Remarks, r => r.Host == "web1" && r.Text.Contains(said, StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_that_stays_away_is_named_with_its_cause_and_waited_for_no_longer_than_taking_back_may_take()
    {
        var fleet = await ServingAsync();
        fleet.Patience = Timeout.InfiniteTimeSpan;
        BeAwayFromSwitch(fleet, HostFailure.Unreachable, TimeSpan.FromHours(1));
        var begun = fleet.Time.GetUtcNow();

        var failed = Assert.IsType<RolloutFailedException>(await fleet.TryDeployAsync("2"));

        Assert.InRange(fleet.Time.GetUtcNow() - begun, TimeSpan.FromSeconds(100), TimeSpan.FromSeconds(150));
        Assert.Equal("1", fleet.Hosts[1].Serving);
        Assert.Contains(
            "web1: unknown, it cannot be reached since the switch. It may serve 2",
            failed.Message,
            StringComparison.Ordinal
        );
        var left = failed.Message.Split('\n').Where(l => l.StartsWith("[web1] could not", StringComparison.Ordinal));
        Assert.NotEmpty(left);
        Assert.All(left, line => Assert.Contains("the cable is out", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_that_is_given_up_is_not_asked_any_more()
    {
        var fleet = await ServingAsync();
        fleet.Patience = TimeSpan.FromSeconds(10);
        BeAwayFromSwitch(fleet, HostFailure.Unreachable, TimeSpan.FromHours(1));

        Assert.IsType<RolloutFailedException>(await fleet.TryDeployAsync("2"));

        var asked = fleet.TakeTranscript().Split('\n').Where(l => l.StartsWith("[web1]", StringComparison.Ordinal));
        var after = asked.SkipWhile(l => l != "[web1] switch app-web").Skip(1).ToList();
        Assert.InRange(after.Count, 3, 10);
        Assert.Equal("[web1] abort app-web", Assert.Single(after.Distinct()));
    }

    private static async Task<Fleet> ServingAsync()
    {
        var fleet = new Fleet("web1", "web2");
        await fleet.DeployAsync("1");
        fleet.TakeTranscript();
        return fleet;
    }

    /// <summary>The switch is carried out, its answer is lost, and the host answers nothing more for a while.</summary>
    private static void BeAwayFromSwitch(Fleet fleet, HostFailure failure, TimeSpan away)
    {
        DateTimeOffset? back = null;
        var cut = new HostException(failure, "web1", "ask", "the cable is out", "");
        fleet.Hosts[0].AnswerIsLost = call =>
        {
            if (call == "switch app-web")
            {
                back = fleet.Time.GetUtcNow() + away;
                return cut;
            }

            return null;
        };
        fleet.Hosts[0].Fault = _ => fleet.Time.GetUtcNow() < back ? cut : null;
    }
}

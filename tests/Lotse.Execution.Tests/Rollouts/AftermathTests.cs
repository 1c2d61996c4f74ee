using System.Collections.Immutable;
using Lotse.Execution.Rollouts;
using Lotse.Planning;
using Lotse.Planning.Steps;

namespace Lotse.Execution.Tests.Rollouts;

/// <summary>What a person is told once a rollout was taken back; what hosts do that are lost is told by LostHostTests.</summary>
public sealed class AftermathTests
{
    [Fact]
    public void Where_a_proxy_was_replaced_nothing_is_said_of_requests() =>
        Assert.Equal("1 serves on, on every host.", Last(All with { IsDisturbed = true }));

    [Fact]
    public void Where_hosts_served_different_releases_none_is_named() =>
        Assert.Equal(
            "What served before serves on, on every host; no request was dropped.",
            Last(All with { Plan = All.Plan with { IsMixed = true } })
        );

    [Fact]
    public void Where_another_deployer_took_over_nothing_is_said_of_what_serves() =>
        Assert.Equal(
            ["What was started is removed.", "Another deployer is at work: Status shows what serves."],
            (All with { IsTakenOver = true }).Describe()
        );

    [Fact]
    public void What_could_not_be_removed_is_told_and_keeps_no_host_from_serving() =>
        Assert.Equal(
            [
                "[web1] could not stop it",
                "1 serves on, on every host; no request was dropped.",
                "Status shows what serves; the next deploy clears up what is left.",
            ],
            (All with { Hosts = [new HostAfter("web1", ["[web1] could not stop it"], false, false)] }).Describe()
        );

    private static Aftermath All =>
        new()
        {
            Plan = new Plan
            {
                Release = new Release { Version = "2", ImageName = "app:2" },
                From = "1",
                Steps = ImmutableSortedDictionary<PlanPhase, ImmutableArray<PlanStep>>.Empty,
            },
            Hosts = [new HostAfter("web1", [], false, false)],
        };

    private static string Last(Aftermath aftermath) => aftermath.Describe().Last();
}

using Lotse.Configuration;
using Lotse.Execution.Baking;
using Lotse.Execution.Health;
using Lotse.Execution.Journals;
using Lotse.Execution.Rollouts;
using Lotse.Planning.Observed;

namespace Lotse.Execution.Tests.Transcripts;

/// <summary>A release that was healthy and turns bad under traffic goes back on all hosts.</summary>
public sealed class BakeTests
{
    [Fact]
    public async Task A_release_whose_answers_are_errors_on_one_host_is_switched_back_on_all()
    {
        var fleet = await ServingAsync("web1", "web2", "web3");
        fleet.Hosts[1].Traffic = Failing();
        var failed = Assert.IsType<RolloutFailedException>(await fleet.TryDeployAsync("2"));
        var bad = Assert.IsType<ReleaseTurnedBadException>(Assert.Single(failed.Failures).Failure);
        Assert.StartsWith(
            "[web2] app-web-2: 100 of 100 requests since the switch",
            bad.Message,
            StringComparison.Ordinal
        );
        Assert.Contains("| the last line", bad.Message, StringComparison.Ordinal);
        Assert.EndsWith("1 serves again, on every host.", failed.Message, StringComparison.Ordinal);
        Assert.All(fleet.Hosts, h => Assert.Equal("1", h.Serving));
        Assert.All(fleet.Hosts, h => Assert.Equal(["app-web-1 Running"], h.Containers));
    }

    [Fact]
    public async Task The_story_of_a_release_that_goes_back()
    {
        var fleet = await ServingAsync("web1");
        fleet.Hosts[0].Traffic = Failing();
        var failed = await fleet.TryDeployAsync("2");
        Assert.EndsWith("1 serves again, on every host.", failed!.Message, StringComparison.Ordinal);
        Assert.Equal(
            """
            [web1] pull reg/app@2 as app:2
            [web1] remove image reg/app@2
            [web1] create app-web-2
            [web1] start app-web-2
            [web1] stage app-web at 2
            [web1] switch app-web
            [web1] abort app-web
            [web1] revert app-web
            [web1] abort app-web
            [web1] stop app-web-2
            [web1] remove app-web-2
            """,
            fleet.TakeStory()
        );
    }

    [Fact]
    public async Task A_container_that_ends_after_the_switch_is_diagnosed_and_goes_back()
    {
        var fleet = await ServingAsync("web1", "web2");
        var deploy = fleet.DeployAsync("2");
        while (fleet.Hosts.Any(h => h.Serving != "2"))
        {
            await Task.Yield();
        }

        fleet.Hosts[1].End("app-web-2", 139);
        var failed = Assert.IsType<RolloutFailedException>(await fleet.WithTimeAsync(deploy));
        var unhealthy = Assert.IsType<UnhealthyException>(Assert.Single(failed.Failures).Failure);
        Assert.Contains("[web2] app-web-2", unhealthy.Message, StringComparison.Ordinal);
        Assert.All(fleet.Hosts, h => Assert.Equal("1", h.Serving));
    }

    [Fact]
    public async Task A_release_that_went_back_does_not_count_as_one_that_served()
    {
        var fleet = await ServingAsync("web1");
        fleet.Hosts[0].Traffic = Failing();
        await fleet.TryDeployAsync("2");
        var audit = await Records.ReadAuditAsync(fleet.Hosts[0].Store, TestContext.Current.CancellationToken);
        Assert.Equal(["1"], Records.HistoryOf(audit).Select(p => p.Version));
    }

    [Fact]
    public async Task A_release_that_does_well_is_settled_when_the_window_is_over()
    {
        var fleet = await ServingAsync("web1");
        fleet.Hosts[0].Traffic = () => new TrafficCount(1000, 10);
        var before = fleet.Time.GetUtcNow();
        Assert.Null(await fleet.TryDeployAsync("2"));
        Assert.EndsWith("[web1] stop app-web-1", fleet.TakeStory(), StringComparison.Ordinal);
        Assert.True(fleet.Time.GetUtcNow() - before >= TimeSpan.FromSeconds(2), "the clock of the fleet went on");
    }

    [Theory]
    [InlineData(20, 4, true)]
    [InlineData(19, 19, false)]
    [InlineData(100, 19, false)]
    [InlineData(100, 20, true)]
    [InlineData(0, 0, false)]
    public void The_rule(long requests, long errors, bool isBad)
    {
        var before = Proxied(new TrafficCount(500, 7));
        var now = Proxied(new TrafficCount(500 + requests, 7 + errors));
        Assert.Equal(isBad, BakeRule.Judge(new BakeConfig(), before, now) is not null);
    }

    [Fact]
    public void What_is_not_counted_is_not_judged() =>
        Assert.Null(BakeRule.Judge(new BakeConfig(), Proxied(new TrafficCount(0, 0)), Proxied(null)));

    [Theory]
    [InlineData(null, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void A_failed_health_probe_is_bad_however_few_the_requests(bool? isHealthy, bool isBad)
    {
        var calm = Proxied(new TrafficCount(0, 0));
        var fact = BakeRule.Judge(new BakeConfig(), calm, calm with { IsHealthy = isHealthy });
        Assert.Equal(isBad, fact is not null);
    }

    [Fact]
    public async Task A_release_that_turns_unhealthy_without_traffic_is_switched_back_on_all()
    {
        var fleet = await ServingAsync("web1", "web2");
        fleet.Hosts[1].PassesProbes = version => version == "2" ? false : null;
        var failed = Assert.IsType<RolloutFailedException>(await fleet.TryDeployAsync("2"));
        var bad = Assert.IsType<ReleaseTurnedBadException>(Assert.Single(failed.Failures).Failure);
        Assert.StartsWith(
            "[web2] app-web-2: it no longer passes its health check",
            bad.Message,
            StringComparison.Ordinal
        );
        Assert.All(fleet.Hosts, h => Assert.Equal("1", h.Serving));
        Assert.All(fleet.Hosts, h => Assert.Equal(["app-web-1 Running"], h.Containers));
    }

    private static ProxiedService Proxied(TrafficCount? traffic) =>
        new("app-web", "2:80", null, null) { Traffic = traffic };

    /// <summary>Each time that it is asked, a hundred more requests have failed.</summary>
    private static Func<TrafficCount?> Failing()
    {
        var count = 0;
        return () => new TrafficCount(count += 100, count);
    }

    private static async Task<Fleet> ServingAsync(params string[] hosts)
    {
        var fleet = new Fleet(hosts);
        await fleet.DeployAsync("1");
        fleet.TakeStory();
        fleet.Configure = c => c with { Bake = new BakeConfig { Window = TimeSpan.FromSeconds(2) } };
        return fleet;
    }
}

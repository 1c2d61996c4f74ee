using Lotse.Configuration;
using Lotse.Execution.Rollouts;

namespace Lotse.Execution.Tests.Transcripts;

/// <summary>Groups of hosts and the order of roles while new containers start. The switch is of all at once.</summary>
public sealed class BootTests
{
    [Fact]
    public async Task With_a_limit_of_one_each_host_is_healthy_before_the_next_starts()
    {
        var fleet = new Fleet("web1", "web2") { Hooks = { ["pre-app-boot"] = 0, ["post-app-boot"] = 0 } };
        fleet.Configure = c =>
            c with
            {
                Boot = new BootConfig { Limit = 1, Wait = TimeSpan.FromSeconds(10) },
            };
        var before = fleet.Time.GetUtcNow();
        Assert.Null(await fleet.TryDeployAsync("1"));
        Assert.Contains(
            """
            [hook] pre-app-boot web1
            [web1] create app-web-1
            [web1] start app-web-1
            [web1] stage app-web at 1
            [hook] post-app-boot web1
            [hook] pre-app-boot web2
            [web2] create app-web-1
            [web2] start app-web-1
            [web2] stage app-web at 1
            [hook] post-app-boot web2
            [web1] switch app-web
            """,
            fleet.TakeStory(),
            StringComparison.Ordinal
        );
        Assert.True(fleet.Time.GetUtcNow() - before >= TimeSpan.FromSeconds(10), "the clock of the fleet went on");
    }

    [Fact]
    public async Task A_group_that_fails_keeps_the_next_from_starting()
    {
        var fleet = new Fleet("web1", "web2");
        await fleet.DeployAsync("1");
        fleet.TakeStory();
        fleet.Configure = c => c with { Boot = new BootConfig { LimitPercent = 50 } };
        fleet.Hosts[0].IsHealthy = version => version != "2";
        await Assert.ThrowsAsync<RolloutFailedException>(() => fleet.DeployAsync("2"));
        Assert.DoesNotContain("[web2] create", fleet.TakeStory(), StringComparison.Ordinal);
        Assert.All(fleet.Hosts, h => Assert.Equal("1", h.Serving));
    }

    [Fact]
    public async Task Workers_start_when_the_primary_role_is_healthy()
    {
        var fleet = new Fleet("web1") { Configure = WithWorkers };
        Assert.Null(await fleet.TryDeployAsync("1"));
        var story = fleet.TakeStory().Split('\n').ToList();
        var workers = story.IndexOf("[web1] create app-workers-1");
        Assert.InRange(story.IndexOf("[web1] stage app-web at 1"), 0, workers);
    }

    [Fact]
    public async Task Workers_never_start_when_the_primary_role_is_unhealthy()
    {
        var fleet = new Fleet("web1") { Configure = WithWorkers };
        fleet.Hosts[0].IsHealthy = _ => false;
        Assert.NotNull(await fleet.TryDeployAsync("1"));
        Assert.DoesNotContain("app-workers", fleet.TakeStory(), StringComparison.Ordinal);
    }

    private static DeployConfig WithWorkers(DeployConfig config) =>
        config with
        {
            Roles = [new RoleConfig { Name = "workers", Hosts = config.Roles[0].Hosts }, .. config.Roles],
        };
}

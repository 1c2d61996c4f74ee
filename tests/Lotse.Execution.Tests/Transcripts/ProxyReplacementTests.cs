using Lotse.Execution.Deployments;
using Lotse.Execution.Ports;
using Lotse.Execution.Rollouts;

namespace Lotse.Execution.Tests.Transcripts;

/// <summary>What becomes of the image of an edge proxy that a newer one replaces.</summary>
public sealed class ProxyReplacementTests
{
    [Theory]
    [InlineData("a server has no further use for it", false, true)]
    [InlineData("where it was built another checkout may want it", true, false)]
    public async Task Its_image_goes_with_it_unless_it_was_built_there(string because, bool isBuilder, bool goes)
    {
        var fleet = new Fleet("web1");
        fleet.Hosts[0].IsBuilder = isBuilder;
        await fleet.DeployAsync("1");
        fleet.TakeStory();
        fleet.ImageName = "lotse-proxy:2";
        await fleet.DeployAsync("2");
        var story = fleet.TakeStory().Split('\n').ToList();
        Assert.True(story.Contains("[web1] start lotse-proxy"), "the proxy is replaced");
        Assert.True(story.Contains("[web1] remove image lotse-proxy:1") == goes, because);
        Assert.DoesNotContain("[web1] remove image lotse-proxy:2", story);
        if (goes)
        {
            Assert.InRange(
                story.IndexOf("[web1] remove image lotse-proxy:1"),
                story.IndexOf("[web1] start lotse-proxy"),
                story.Count
            );
        }
    }

    /// <summary>Whatever call of a replacement is a dead deployer's last one, the next deploy ends with one proxy, the new one.</summary>
    [Theory]
    [InlineData("rename lotse-proxy to lotse-proxy_replaced")]
    [InlineData("create lotse-proxy")]
    [InlineData("stop lotse-proxy_replaced")]
    [InlineData("start lotse-proxy")]
    [InlineData("remove lotse-proxy_replaced")]
    public async Task One_that_a_dead_deployer_began_is_put_right(string last)
    {
        var fleet = new Fleet("web1");
        await fleet.DeployAsync("1");
        fleet.ImageName = "lotse-proxy:2";
        var host = fleet.Hosts[0];
        var isDead = false;
        host.Fault = call =>
        {
            isDead |= call == last;
            return isDead ? new HostException(HostFailure.Unreachable, "web1", call, "the deployer is dead", "") : null;
        };
        Assert.IsType<RolloutFailedException>(await fleet.TryDeployAsync("2"));
        host.Fault = _ => null;

        Assert.Null(await fleet.TryDeployAsync("2"));

        Assert.Equal("2", host.Serving);
        Assert.Equal(["lotse-proxy from lotse-proxy:2, Running"], host.Proxies);
    }

    [Fact]
    public async Task One_that_another_deployer_is_at_is_waited_for_and_not_done_again()
    {
        var fleet = new Fleet("web1");
        await fleet.DeployAsync("1");
        fleet.ImageName = "lotse-proxy:2";
        var host = fleet.Hosts[0];
        await using var deployment = fleet.Begin("2");
        var token = TestContext.Current.CancellationToken;
        await deployment.LookAsync(token);
        await host.RenameAsync("lotse-proxy", "lotse-proxy_replaced", token);
        await host.CreateAsync(host.ProxySpec with { Image = "lotse-proxy:2" }, token);
        var preparing = deployment.PrepareAsync(new PushedImage("app@2", "app:2"), token);
        await TestContext.Current.UntilAsync(() =>
            Task.FromResult(fleet.Remarks.Any(r => r.Text.Contains("another deployer", StringComparison.Ordinal)))
        );
        await host.StartAsync("lotse-proxy", token);
        await host.RemoveAsync("lotse-proxy_replaced", token);
        fleet.TakeStory();

        await fleet.Time.RunAsync(preparing);

        Assert.DoesNotContain("rename", fleet.TakeStory(), StringComparison.Ordinal);
        Assert.Equal(["lotse-proxy from lotse-proxy:2, Running"], host.Proxies);
    }

    [Fact]
    public async Task Hosts_take_turns_so_that_not_all_proxies_are_away_at_once()
    {
        var fleet = new Fleet("web1", "web2", "web3")
        {
            Hooks = { ["pre-proxy-reboot"] = 0, ["post-proxy-reboot"] = 0 },
        };
        await fleet.DeployAsync("1");
        fleet.TakeStory();
        fleet.ImageName = "lotse-proxy:2";
        await fleet.DeployAsync("2");

        var hooks = fleet
            .TakeStory()
            .Split('\n')
            .Where(line => line.StartsWith("[hook]", StringComparison.Ordinal))
            .ToList();

        Assert.Equal(6, hooks.Count);
        foreach (var pair in hooks.Chunk(2))
        {
            Assert.StartsWith("[hook] pre-proxy-reboot", pair[0], StringComparison.Ordinal);
            Assert.Equal(pair[0].Replace("pre-", "post-", StringComparison.Ordinal), pair[1]);
        }
    }
}

using Lotse.Proxy.Contract;
using Lotse.Proxy.Switching;
using Lotse.Proxy.Tests.Support;

namespace Lotse.Proxy.Tests.Switching;

/// <summary>Two deployers work on one service: a command that names a target changes nothing about another one's.</summary>
public sealed class FenceTests : SwitchboardWorld
{
    private ServiceReport Web => Report("web");

    [Fact]
    public async Task A_switch_to_another_target_than_the_staged_one_is_refused()
    {
        await StageAsync("web", "one:80");
        Board.Switch(new("web"));
        await StageAsync("web", "others:80");

        var refused = Assert.Throws<RefusedException>(() => Board.Switch(new("web") { Target = "own:80" }));

        Assert.Equal(
            "others:80 of web is staged, and not own:80: somebody else works on it. Nothing was changed.",
            refused.Message
        );
        Assert.Equal(("one:80", "others:80"), (Web.Active?.Target, Web.Staged?.Target));
        Assert.Equal("others:80", Board.Switch(new("web") { Target = "others:80" }).To);
    }

    [Fact]
    public async Task A_revert_of_another_targets_traffic_is_refused()
    {
        await StageAsync("web", "own:80");
        Board.Switch(new("web"));
        await StageAsync("web", "others:80");
        Board.Switch(new("web"));

        var refused = Assert.Throws<RefusedException>(() => Board.Revert(new("web") { Target = "own:80" }));

        Assert.Equal(
            "others:80 of web has the traffic, and not own:80: somebody else works on it. Nothing was changed.",
            refused.Message
        );
        Assert.Equal(("others:80", "own:80"), (Web.Active?.Target, Web.Previous?.Target));
        Assert.Equal("own:80", Board.Revert(new("web") { Target = "others:80" }).To);
    }

    [Fact]
    public async Task A_drain_before_another_targets_traffic_is_refused_and_the_switch_can_still_be_taken_back()
    {
        await DeployAsync("web", "own:80");
        await DeployAsync("web", "others:80");
        var drain = new DrainCommand("web", TimeSpan.Zero);

        var refused = await Assert.ThrowsAsync<RefusedException>(() =>
            Board.DrainAsync(drain with { Target = "own:80" }, Ending)
        );

        Assert.Equal(
            "others:80 of web has the traffic, and not own:80: somebody else works on it. Nothing was changed.",
            refused.Message
        );
        Assert.Equal("own:80", Report("web").Previous?.Target);
        await Board.DrainAsync(drain with { Target = "others:80" }, Ending);
        Assert.Null(Report("web").Previous);
    }

    [Fact]
    public async Task A_drain_whose_service_is_switched_while_it_waits_forgets_nothing()
    {
        await DeployAsync("web", "one:80");
        var busy = Board.Assign("any", "/")!.Binding!.Target;
        await DeployAsync("web", "own:80");
        var draining = Board.DrainAsync(new("web", TimeSpan.FromSeconds(30)) { Target = "own:80" }, Ending);

        await DeployAsync("web", "others:80");
        busy.Leave(failed: false);

        await Assert.ThrowsAsync<RefusedException>(() => draining);
        Assert.Equal(("others:80", "own:80"), (Report("web").Active?.Target, Report("web").Previous?.Target));
    }

    [Fact]
    public async Task An_abort_forgets_the_staged_target_that_it_names_and_no_other()
    {
        await StageAsync("web", "others:80");
        Board.Abort(new("web") { Target = "own:80" });
        Assert.Equal("others:80", Web.Staged?.Target);

        Board.Abort(new("web") { Target = "others:80" });
        Assert.Empty(Board.List().Services);
    }

    [Fact]
    public async Task An_abort_ends_the_staging_that_it_names_and_no_other()
    {
        var staging = Board.StageAsync(Sample.Stage("web", "others:80"), Ending);
        await Probe.NextAsync();
        Board.Abort(new("web") { Target = "own:80" });
        Assert.Equal("others:80", Web.Probing?.Target);

        Board.Abort(new("web") { Target = "others:80" });
        Assert.True((await staging).Aborted);
    }
}

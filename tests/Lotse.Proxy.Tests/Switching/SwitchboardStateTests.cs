using Lotse.Proxy.Contract;
using Lotse.Proxy.Switching;
using Lotse.Proxy.Tests.Support;

namespace Lotse.Proxy.Tests.Switching;

/// <summary>What is saved, and what is there again after a restart.</summary>
public sealed class SwitchboardStateTests : SwitchboardWorld
{
    [Fact]
    public async Task After_a_restart_what_was_only_staged_is_gone_and_what_had_the_traffic_serves_at_once()
    {
        await DeployAsync("web", "one:80");
        await DeployAsync("web", "two:80");
        await StageAsync("web", "three:80");
        await StageAsync("second", "four:80", Sample.Options with { Hosts = ["second.example"] });

        var restarted = NewBoard();

        Assert.Equal(1, restarted.Restore());
        var service = Assert.Single(restarted.List().Services);
        Assert.Equal(("web", "two:80"), (service.Name, service.Active?.Target));
        Assert.Null(service.Staged);
        Assert.Equal("two:80", restarted.Assign("any", "/")?.Binding?.Target.Address);
    }

    [Fact]
    public async Task After_a_restart_a_switch_can_still_be_taken_back_until_it_is_drained()
    {
        await DeployAsync("web", "one:80");
        await StageAsync("web", "two:80");
        Board.Switch(new("web"));

        var restarted = NewBoard();
        restarted.Restore();
        Assert.Equal("one:80", Assert.Single(restarted.List().Services).Previous?.Target);
        Assert.Equal("two:80", restarted.Assign("any", "/")?.Binding?.Target.Address);
        Assert.Equal(new SwitchResult("two:80", "one:80"), restarted.Revert(new("web")));
        Assert.Equal("one:80", restarted.Assign("any", "/")?.Binding?.Target.Address);

        var settled = NewBoard();
        settled.Restore();
        Assert.Throws<RefusedException>(() => settled.Revert(new("web")));
    }

    [Fact]
    public async Task After_a_restart_the_first_switch_can_still_be_taken_back()
    {
        await StageAsync("web", "one:80");
        Board.Switch(new("web"));

        var restarted = NewBoard();
        restarted.Restore();

        Assert.Equal(new SwitchResult("one:80", null), restarted.Revert(new("web")));
        Assert.Equal(0, NewBoard().Restore());
    }

    [Fact]
    public async Task A_change_that_cannot_be_saved_does_not_happen()
    {
        await DeployAsync("web", "one:80");
        await StageAsync("web", "two:80");
        // A folder in the place of the file that is written first makes every save fail.
        Directory.CreateDirectory(Folder.File("state.json.new"));

        Assert.ThrowsAny<UnauthorizedAccessException>(() => Board.Switch(new("web")));

        Assert.Equal("one:80", Board.Assign("any", "/")?.Binding?.Target.Address);
        Assert.Equal("two:80", Report("web").Staged?.Target);
        Directory.Delete(Folder.File("state.json.new"));
        Assert.Equal("two:80", Board.Switch(new("web")).To);
    }
}

using Lotse.Proxy.Contract;
using Lotse.Proxy.Switching;
using Lotse.Proxy.Tests.Support;

namespace Lotse.Proxy.Tests.Switching;

public sealed class SwitchboardTests : SwitchboardWorld
{
    [Fact]
    public async Task A_staged_target_gets_no_traffic_until_the_switch()
    {
        await StageAsync("web", "one:80");
        Assert.Equal("web", Board.Assign("any", "/")?.Service);
        Assert.Null(Board.Assign("any", "/")?.Binding);

        var moved = Board.Switch(new("web"));

        Assert.Equal(new SwitchResult(null, "one:80"), moved);
        Assert.Equal("one:80", Board.Assign("any", "/")?.Binding?.Target.Address);
    }

    [Fact]
    public async Task A_service_that_is_still_being_probed_is_known_but_not_ready()
    {
        var staging = Board.StageAsync(Sample.Stage("web", "one:80"), Ending);
        await Probe.NextAsync();

        Assert.Equal("web", Board.Assign("any", "/")?.Service);
        Assert.Equal("one:80", Report("web").Probing?.Target);
        var refused = Assert.Throws<RefusedException>(() => Board.Switch(new("web")));
        Assert.Contains("not healthy yet", refused.Message, StringComparison.Ordinal);

        Probe.Answer(200);
        await staging;
        Assert.Equal("one:80", Report("web").Staged?.Target);
    }

    [Fact]
    public async Task A_target_that_never_becomes_healthy_is_forgotten()
    {
        var staging = Board.StageAsync(Sample.Stage("web", "one:80"), Ending);
        await Probe.NextAsync();

        Time.Advance(Sample.Options.DeployTimeout);

        Assert.False((await staging).Healthy);
        Assert.Empty(Board.List().Services);
        Assert.Null(Board.Assign("any", "/"));
    }

    [Fact]
    public async Task Staging_anew_ends_the_earlier_staging()
    {
        var first = Board.StageAsync(Sample.Stage("web", "one:80"), Ending);
        await Probe.NextAsync();

        var second = Board.StageAsync(Sample.Stage("web", "two:80"), Ending);

        Assert.True((await first).Aborted);
        await Probe.NextAsync();
        Probe.Answer(200);
        Assert.True((await second).Healthy);
        Assert.Equal("two:80", Report("web").Staged?.Target);
    }

    [Fact]
    public async Task An_abort_ends_a_staging_and_forgets_a_staged_target()
    {
        var staging = Board.StageAsync(Sample.Stage("web", "one:80"), Ending);
        await Probe.NextAsync();
        Board.Abort(new("web"));
        Assert.True((await staging).Aborted);

        await StageAsync("web", "two:80");
        Board.Abort(new("web"));

        Assert.Empty(Board.List().Services);
        Assert.Throws<RefusedException>(() => Board.Switch(new("web")));
    }

    [Fact]
    public async Task A_deploy_switches_to_its_own_target_before_anybody_else_can_stage_another()
    {
        var deploy = Board.DeployAsync(Sample.Deploy("web", "one:80"), Ending);
        await Probe.NextAsync();
        Probe.Answer(200);
        Assert.True((await deploy).Healthy);

        Assert.Equal(("one:80", (object?)null), (Report("web").Active?.Target, Report("web").Staged));
    }

    [Fact]
    public async Task A_deploy_that_another_staging_overtakes_ends_without_a_switch()
    {
        var deploy = Board.DeployAsync(Sample.Deploy("web", "one:80"), Ending);
        await Probe.NextAsync();
        var other = Board.StageAsync(Sample.Stage("web", "two:80"), Ending);
        Assert.True((await deploy).Aborted);
        await Probe.NextAsync();
        Probe.Answer(200);

        Assert.True((await other).Healthy);
        Assert.Null(Report("web").Active);
    }

    [Fact]
    public async Task A_revert_moves_the_traffic_back()
    {
        await DeployAsync("web", "one:80");
        await DeployAsync("web", "two:80");
        var held = Board.Assign("any", "/")!.Binding!.Target;

        Assert.Equal(new SwitchResult("two:80", "one:80"), Board.Revert(new("web")));

        Assert.Equal("one:80", Board.Assign("any", "/")?.Binding?.Target.Address);
        Assert.False(held.TryEnter());
        Assert.Equal(1, held.InFlight);
    }

    [Fact]
    public async Task A_revert_of_the_first_switch_takes_the_service_away()
    {
        await DeployAsync("web", "one:80");

        Assert.Equal(new SwitchResult("one:80", null), Board.Revert(new("web")));

        Assert.Null(Board.Assign("any", "/"));
    }

    [Fact]
    public async Task After_a_drain_there_is_nothing_to_revert_and_the_service_serves_on()
    {
        await DeployAsync("web", "one:80");
        await Board.DrainAsync(new("web", TimeSpan.Zero), Ending);

        Assert.Throws<RefusedException>(() => Board.Revert(new("web")));

        Assert.Equal("one:80", Board.Assign("any", "/")?.Binding?.Target.Address);
    }

    [Fact]
    public async Task A_drain_waits_for_the_requests_of_the_previous_target_alone()
    {
        await DeployAsync("web", "one:80");
        var old = Board.Assign("any", "/")!.Binding!.Target;
        await DeployAsync("web", "two:80");
        Board.Assign("any", "/");
        var drain = Board.DrainAsync(new("web", TimeSpan.FromSeconds(30)), Ending);
        Assert.False(drain.IsCompleted);

        old.Leave(failed: false);

        Assert.Equal(new DrainResult("one:80", 0), await drain);
        Assert.Null(Report("web").Previous);
    }

    [Fact]
    public async Task A_drain_cuts_off_what_has_not_ended_in_time()
    {
        await DeployAsync("web", "one:80");
        var old = Board.Assign("any", "/")!.Binding!.Target;
        Board.Assign("any", "/");
        await DeployAsync("web", "two:80");
        var drain = Board.DrainAsync(new("web", TimeSpan.FromSeconds(30)), Ending);

        Time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(new DrainResult("one:80", 2), await drain);
        Assert.True(old.Cut.IsCancellationRequested);
    }

    [Fact]
    public async Task A_revert_during_a_drain_spares_the_requests()
    {
        await DeployAsync("web", "one:80");
        var old = Board.Assign("any", "/")!.Binding!.Target;
        await DeployAsync("web", "two:80");
        var drain = Board.DrainAsync(new("web", TimeSpan.FromSeconds(30)), Ending);

        Board.Revert(new("web"));
        Time.Advance(TimeSpan.FromSeconds(30));

        await Assert.ThrowsAsync<RefusedException>(() => drain);
        Assert.False(old.Cut.IsCancellationRequested);
        Assert.True(old.TryEnter());
    }

    [Fact]
    public async Task What_was_previous_at_the_next_switch_ends_its_requests_in_its_own_time()
    {
        await DeployAsync("web", "one:80");
        var first = Board.Assign("any", "/")!.Binding!.Target;
        await DeployAsync("web", "two:80");
        await DeployAsync("web", "three:80");
        Assert.Equal("two:80", Report("web").Previous?.Target);
        var cut = new TaskCompletionSource();
        await using var registration = first.Cut.Register(cut.SetResult);

        Time.Advance(Sample.Options.DrainTimeout);

        await cut.Task.WaitAsync(Ending);
    }

    [Fact]
    public async Task A_host_that_another_service_has_is_refused_before_anything_changes()
    {
        await DeployAsync("web", "one:80");

        var stage = Sample.Stage("other", "two:80");
        var refused = await Assert.ThrowsAsync<RefusedException>(() => Board.StageAsync(stage, Ending));

        Assert.Contains("web already serves any host, path /", refused.Message, StringComparison.Ordinal);
        Assert.Equal("web", Assert.Single(Board.List().Services).Name);
    }

    [Fact]
    public async Task A_host_is_refused_while_another_services_target_is_still_being_probed()
    {
        var staging = Board.StageAsync(Sample.Stage("web", "one:80"), Ending);
        await Probe.NextAsync();

        var stage = Sample.Stage("other", "two:80");
        await Assert.ThrowsAsync<RefusedException>(() => Board.StageAsync(stage, Ending));

        Probe.Answer(200);
        await staging;
    }

    [Fact]
    public async Task Removing_takes_the_service_away_and_lets_its_requests_end()
    {
        await DeployAsync("web", "one:80");
        var target = Board.Assign("any", "/")!.Binding!.Target;

        Board.Remove("web");
        Board.Remove("web");

        Assert.Null(Board.Assign("any", "/"));
        Assert.Equal(1, target.InFlight);
        Assert.False(target.Cut.IsCancellationRequested);
    }

    [Fact]
    public async Task The_health_of_the_target_with_the_traffic_is_asked_after_until_the_next_switch()
    {
        await DeployAsync("web", "one:80");
        Time.Advance(Sample.Options.HealthCheckInterval);
        Assert.Equal("http://one:80/up", await Watched.NextAsync());
        await DeployAsync("web", "two:80");

        Time.Advance(Sample.Options.HealthCheckInterval);

        Assert.Equal("http://two:80/up", await Watched.NextAsync());
    }
}

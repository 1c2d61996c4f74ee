using Lotse.Proxy.Contract;
using Lotse.Proxy.Health;
using Lotse.Proxy.State;
using Lotse.Proxy.Switching;
using Lotse.Proxy.Tests.Health;
using Lotse.Proxy.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Lotse.Proxy.Tests.Switching;

public sealed class SwitchboardTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly FakeTimeProvider time = new();
    private readonly FakeProbe probe = new();
    private readonly FakeProbe watched = new();
    private readonly Switchboard board;

    public SwitchboardTests() => board = NewBoard();

    private static CancellationToken Ending => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_staged_target_gets_no_traffic_until_the_switch()
    {
        await StageAsync("web", "one:80");
        Assert.Equal("web", board.Assign("any", "/")?.Service);
        Assert.Null(board.Assign("any", "/")?.Binding);

        var moved = board.Switch(new("web"));

        Assert.Equal(new SwitchResult(null, "one:80"), moved);
        Assert.Equal("one:80", board.Assign("any", "/")?.Binding?.Target.Address);
    }

    [Fact]
    public async Task A_service_that_is_still_being_probed_is_known_but_not_ready()
    {
        var staging = board.StageAsync(Sample.Stage("web", "one:80"), Ending);
        await probe.NextAsync();

        Assert.Equal("web", board.Assign("any", "/")?.Service);
        Assert.Equal("one:80", Report("web").Probing?.Target);
        var refused = Assert.Throws<RefusedException>(() => board.Switch(new("web")));
        Assert.Contains("not healthy yet", refused.Message, StringComparison.Ordinal);

        probe.Answer(200);
        await staging;
        Assert.Equal("one:80", Report("web").Staged?.Target);
    }

    [Fact]
    public async Task A_target_that_never_becomes_healthy_is_forgotten()
    {
        var staging = board.StageAsync(Sample.Stage("web", "one:80"), Ending);
        await probe.NextAsync();

        time.Advance(Sample.Options.DeployTimeout);

        Assert.False((await staging).Healthy);
        Assert.Empty(board.List().Services);
        Assert.Null(board.Assign("any", "/"));
    }

    [Fact]
    public async Task Staging_anew_ends_the_earlier_staging()
    {
        var first = board.StageAsync(Sample.Stage("web", "one:80"), Ending);
        await probe.NextAsync();

        var second = board.StageAsync(Sample.Stage("web", "two:80"), Ending);

        Assert.True((await first).Aborted);
        await probe.NextAsync();
        probe.Answer(200);
        Assert.True((await second).Healthy);
        Assert.Equal("two:80", Report("web").Staged?.Target);
    }

    [Fact]
    public async Task An_abort_ends_a_staging_and_forgets_a_staged_target()
    {
        var staging = board.StageAsync(Sample.Stage("web", "one:80"), Ending);
        await probe.NextAsync();
        board.Abort(new("web"));
        Assert.True((await staging).Aborted);

        await StageAsync("web", "two:80");
        board.Abort(new("web"));

        Assert.Empty(board.List().Services);
        Assert.Throws<RefusedException>(() => board.Switch(new("web")));
    }

    [Fact]
    public async Task A_deploy_switches_to_its_own_target_before_anybody_else_can_stage_another()
    {
        var deploy = board.DeployAsync(Sample.Deploy("web", "one:80"), Ending);
        await probe.NextAsync();
        probe.Answer(200);
        Assert.True((await deploy).Healthy);

        Assert.Equal(("one:80", (object?)null), (Report("web").Active?.Target, Report("web").Staged));
    }

    [Fact]
    public async Task A_deploy_that_another_staging_overtakes_ends_without_a_switch()
    {
        var deploy = board.DeployAsync(Sample.Deploy("web", "one:80"), Ending);
        await probe.NextAsync();
        var other = board.StageAsync(Sample.Stage("web", "two:80"), Ending);
        Assert.True((await deploy).Aborted);
        await probe.NextAsync();
        probe.Answer(200);

        Assert.True((await other).Healthy);
        Assert.Null(Report("web").Active);
    }

    [Fact]
    public async Task A_revert_moves_the_traffic_back()
    {
        await DeployAsync("web", "one:80");
        await DeployAsync("web", "two:80");
        var held = board.Assign("any", "/")!.Binding!.Target;

        Assert.Equal(new SwitchResult("two:80", "one:80"), board.Revert(new("web")));

        Assert.Equal("one:80", board.Assign("any", "/")?.Binding?.Target.Address);
        Assert.False(held.TryEnter());
        Assert.Equal(1, held.InFlight);
    }

    [Fact]
    public async Task A_revert_of_the_first_switch_takes_the_service_away()
    {
        await DeployAsync("web", "one:80");

        Assert.Equal(new SwitchResult("one:80", null), board.Revert(new("web")));

        Assert.Null(board.Assign("any", "/"));
    }

    [Fact]
    public async Task After_a_drain_there_is_nothing_to_revert_and_the_service_serves_on()
    {
        await DeployAsync("web", "one:80");
        await board.DrainAsync("web", TimeSpan.Zero, Ending);

        Assert.Throws<RefusedException>(() => board.Revert(new("web")));

        Assert.Equal("one:80", board.Assign("any", "/")?.Binding?.Target.Address);
    }

    [Fact]
    public async Task A_drain_waits_for_the_requests_of_the_previous_target_alone()
    {
        await DeployAsync("web", "one:80");
        var old = board.Assign("any", "/")!.Binding!.Target;
        await DeployAsync("web", "two:80");
        board.Assign("any", "/");
        var drain = board.DrainAsync("web", TimeSpan.FromSeconds(30), Ending);
        Assert.False(drain.IsCompleted);

        old.Leave(failed: false);

        Assert.Equal(new DrainResult("one:80", 0), await drain);
        Assert.Null(Report("web").Previous);
    }

    [Fact]
    public async Task A_drain_cuts_off_what_has_not_ended_in_time()
    {
        await DeployAsync("web", "one:80");
        var old = board.Assign("any", "/")!.Binding!.Target;
        board.Assign("any", "/");
        await DeployAsync("web", "two:80");
        var drain = board.DrainAsync("web", TimeSpan.FromSeconds(30), Ending);

        time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(new DrainResult("one:80", 2), await drain);
        Assert.True(old.Cut.IsCancellationRequested);
    }

    [Fact]
    public async Task A_revert_during_a_drain_spares_the_requests()
    {
        await DeployAsync("web", "one:80");
        var old = board.Assign("any", "/")!.Binding!.Target;
        await DeployAsync("web", "two:80");
        var drain = board.DrainAsync("web", TimeSpan.FromSeconds(30), Ending);

        board.Revert(new("web"));
        time.Advance(TimeSpan.FromSeconds(30));

        await Assert.ThrowsAsync<RefusedException>(() => drain);
        Assert.False(old.Cut.IsCancellationRequested);
        Assert.True(old.TryEnter());
    }

    [Fact]
    public async Task What_was_previous_at_the_next_switch_ends_its_requests_in_its_own_time()
    {
        await DeployAsync("web", "one:80");
        var first = board.Assign("any", "/")!.Binding!.Target;
        await DeployAsync("web", "two:80");
        await DeployAsync("web", "three:80");
        Assert.Equal("two:80", Report("web").Previous?.Target);
        var cut = new TaskCompletionSource();
        await using var registration = first.Cut.Register(cut.SetResult);

        time.Advance(Sample.Options.DrainTimeout);

        await cut.Task.WaitAsync(Ending);
    }

    [Fact]
    public async Task A_host_that_another_service_has_is_refused_before_anything_changes()
    {
        await DeployAsync("web", "one:80");

        var stage = Sample.Stage("other", "two:80");
        var refused = await Assert.ThrowsAsync<RefusedException>(() => board.StageAsync(stage, Ending));

        Assert.Contains("web already serves any host, path /", refused.Message, StringComparison.Ordinal);
        Assert.Equal("web", Assert.Single(board.List().Services).Name);
    }

    [Fact]
    public async Task A_host_is_refused_while_another_services_target_is_still_being_probed()
    {
        var staging = board.StageAsync(Sample.Stage("web", "one:80"), Ending);
        await probe.NextAsync();

        var stage = Sample.Stage("other", "two:80");
        await Assert.ThrowsAsync<RefusedException>(() => board.StageAsync(stage, Ending));

        probe.Answer(200);
        await staging;
    }

    [Fact]
    public async Task Removing_takes_the_service_away_and_lets_its_requests_end()
    {
        await DeployAsync("web", "one:80");
        var target = board.Assign("any", "/")!.Binding!.Target;

        board.Remove("web");
        board.Remove("web");

        Assert.Null(board.Assign("any", "/"));
        Assert.Equal(1, target.InFlight);
        Assert.False(target.Cut.IsCancellationRequested);
    }

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
        board.Switch(new("web"));

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
        board.Switch(new("web"));

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
        Directory.CreateDirectory(folder.File("state.json.new"));

        Assert.ThrowsAny<UnauthorizedAccessException>(() => board.Switch(new("web")));

        Assert.Equal("one:80", board.Assign("any", "/")?.Binding?.Target.Address);
        Assert.Equal("two:80", Report("web").Staged?.Target);
        Directory.Delete(folder.File("state.json.new"));
        Assert.Equal("two:80", board.Switch(new("web")).To);
    }

    [Fact]
    public async Task The_health_of_the_target_with_the_traffic_is_asked_after_until_the_next_switch()
    {
        await DeployAsync("web", "one:80");
        time.Advance(Sample.Options.HealthCheckInterval);
        Assert.Equal("http://one:80/up", await watched.NextAsync());
        await DeployAsync("web", "two:80");

        time.Advance(Sample.Options.HealthCheckInterval);

        Assert.Equal("http://two:80/up", await watched.NextAsync());
    }

    public void Dispose()
    {
        board.Dispose();
        folder.Dispose();
    }

    private Switchboard NewBoard() =>
        new(new StateFile(folder.Path, _ => { }), new HealthGate(probe, time), new HealthWatch(watched, time), time);

    private ServiceReport Report(string service) => board.List().Services.Single(s => s.Name == service);

    private async Task StageAsync(string service, string target, ServiceOptions? options = null)
    {
        var staging = board.StageAsync(Sample.Stage(service, target, options), Ending);
        await probe.NextAsync();
        probe.Answer(200);
        Assert.True((await staging).Healthy);
    }

    private async Task DeployAsync(string service, string target)
    {
        await StageAsync(service, target);
        board.Switch(new(service));
    }
}

using Lotse.Proxy.Contract;
using Lotse.Proxy.Health;
using Lotse.Proxy.State;
using Lotse.Proxy.Switching;
using Lotse.Proxy.Tests.Health;
using Lotse.Proxy.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Lotse.Proxy.Tests.Switching;

/// <summary>Two deployers work on one service: a command that names a target changes nothing about another one's.</summary>
public sealed class FenceTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly FakeTimeProvider time = new();
    private readonly FakeProbe probe = new();
    private readonly FakeProbe watched = new();
    private readonly Switchboard board;

    public FenceTests() =>
        board = new Switchboard(
            new StateFile(folder.Path, _ => { }),
            new HealthGate(probe, time),
            new HealthWatch(watched, time),
            time
        );

    private static CancellationToken Ending => TestContext.Current.CancellationToken;

    private ServiceReport Web => board.List().Services.Single(s => s.Name == "web");

    [Fact]
    public async Task A_switch_to_another_target_than_the_staged_one_is_refused()
    {
        await StageAsync("one:80");
        board.Switch(new("web"));
        await StageAsync("others:80");

        var refused = Assert.Throws<RefusedException>(() => board.Switch(new("web") { Target = "own:80" }));

        Assert.Equal(
            "others:80 of web is staged, and not own:80: somebody else works on it. Nothing was changed.",
            refused.Message
        );
        Assert.Equal(("one:80", "others:80"), (Web.Active?.Target, Web.Staged?.Target));
        Assert.Equal("others:80", board.Switch(new("web") { Target = "others:80" }).To);
    }

    [Fact]
    public async Task A_revert_of_another_targets_traffic_is_refused()
    {
        await StageAsync("own:80");
        board.Switch(new("web"));
        await StageAsync("others:80");
        board.Switch(new("web"));

        var refused = Assert.Throws<RefusedException>(() => board.Revert(new("web") { Target = "own:80" }));

        Assert.Equal(
            "others:80 of web has the traffic, and not own:80: somebody else works on it. Nothing was changed.",
            refused.Message
        );
        Assert.Equal(("others:80", "own:80"), (Web.Active?.Target, Web.Previous?.Target));
        Assert.Equal("own:80", board.Revert(new("web") { Target = "others:80" }).To);
    }

    [Fact]
    public async Task An_abort_forgets_the_staged_target_that_it_names_and_no_other()
    {
        await StageAsync("others:80");
        board.Abort(new("web") { Target = "own:80" });
        Assert.Equal("others:80", Web.Staged?.Target);

        board.Abort(new("web") { Target = "others:80" });
        Assert.Empty(board.List().Services);
    }

    [Fact]
    public async Task An_abort_ends_the_staging_that_it_names_and_no_other()
    {
        var staging = board.StageAsync(Sample.Stage("web", "others:80"), Ending);
        await probe.NextAsync();
        board.Abort(new("web") { Target = "own:80" });
        Assert.Equal("others:80", Web.Probing?.Target);

        board.Abort(new("web") { Target = "others:80" });
        Assert.True((await staging).Aborted);
    }

    public void Dispose()
    {
        board.Dispose();
        folder.Dispose();
    }

    private async Task StageAsync(string target)
    {
        var staging = board.StageAsync(Sample.Stage("web", target), Ending);
        await probe.NextAsync();
        probe.Answer(200);
        Assert.True((await staging).Healthy);
    }
}

using Lotse.Execution.Deployments;
using Lotse.Execution.Leases;
using Lotse.Execution.Ports;
using Microsoft.Extensions.Time.Testing;

namespace Lotse.Execution.Tests.Transcripts;

/// <summary>A deploy meets a lease whose holder works on another machine, or worked there until it died.</summary>
public sealed class SilentHolderTests
{
    private static readonly ProcessIdentity There = new("there", 7, "then");
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;
    private readonly Fleet fleet = new("web1", "web2") { Sees = process => process.Machine == "here" ? true : null };

    [Fact]
    public async Task After_one_that_died_it_goes_on_by_itself_once_the_lease_is_over()
    {
        await ServeAsync();
        // Its clock stands still: it sends no heartbeat.
        var dead = new FakeTimeProvider(fleet.Time.GetUtcNow());
        await HoldAsync(dead);
        var begun = fleet.Time.GetUtcNow();

        Assert.Null(await fleet.TryDeployAsync("2"));

        Assert.All(fleet.Hosts, host => Assert.Equal("2", host.Serving));
        Assert.InRange(fleet.Time.GetUtcNow() - begun, LeaseRules.Lifetime, LeaseRules.Lifetime * 1.5);
        var said = Assert.Single(fleet.Remarks, r => r.Text.Contains("sign of life", StringComparison.Ordinal));
        Assert.Equal("bob@there holds the lease for 'deploy 9'; waiting for a sign of life, at most 30 s", said.Text);
    }

    [Fact]
    public async Task One_that_lives_is_told_of_after_its_next_heartbeat()
    {
        await ServeAsync();
        var leases = await HoldAsync(fleet.Time);
        var begun = fleet.Time.GetUtcNow();

        var refused = Assert.IsType<UserException>(await fleet.TryDeployAsync("2"));

        Assert.StartsWith("2 problem(s), found before anything was changed", refused.Message, StringComparison.Ordinal);
        Assert.Contains("[web2] bob@there (process 7) holds the lease", refused.Message, StringComparison.Ordinal);
        Assert.InRange(
            fleet.Time.GetUtcNow() - begun,
            TimeSpan.FromSeconds(1),
            LeaseRules.Heartbeat + TimeSpan.FromSeconds(4)
        );
        Assert.Single(fleet.Remarks, r => r.Text.Contains("sign of life", StringComparison.Ordinal));
        Assert.Equal("", fleet.TakeTranscript());
        await Task.WhenAll(leases.Select(l => l.DisposeAsync().AsTask()));
    }

    /// <summary>Its lease says that it lasts for an hour: by a clock that is wrong, or one that was.</summary>
    [Fact]
    public async Task It_is_not_waited_for_longer_than_a_lease_lasts()
    {
        await ServeAsync();
        await HoldAsync(new FakeTimeProvider(fleet.Time.GetUtcNow() + TimeSpan.FromHours(1)));
        fleet.Remarks.Clear();
        var begun = fleet.Time.GetUtcNow();

        Assert.IsType<UserException>(await fleet.TryDeployAsync("2"));

        Assert.InRange(fleet.Time.GetUtcNow() - begun, LeaseRules.Lifetime, LeaseRules.Lifetime * 1.5);
        Assert.Single(fleet.Remarks, r => r.Text.EndsWith("at most 35 s", StringComparison.Ordinal));
    }

    /// <summary>It is cut off from the first host, and goes on with the second.</summary>
    [Fact]
    public async Task A_heartbeat_on_one_host_tells_enough()
    {
        await ServeAsync();
        await HoldAsync(new FakeTimeProvider(fleet.Time.GetUtcNow()), fleet.Hosts[0]);
        await using var beats = (await HoldAsync(fleet.Time, fleet.Hosts[1]))[0];
        var begun = fleet.Time.GetUtcNow();

        Assert.IsType<UserException>(await fleet.TryDeployAsync("2"));

        Assert.InRange(fleet.Time.GetUtcNow() - begun, TimeSpan.Zero, LeaseRules.Heartbeat + TimeSpan.FromSeconds(4));
    }

    [Fact]
    public async Task What_it_left_when_it_gave_the_lease_back_is_what_counts()
    {
        await ServeAsync();
        fleet.Sees = _ => null;
        await using var other = fleet.Begin("9");
        await other.LookAsync(Token);
        var prepared = await other.PrepareAsync(new PushedImage("app@9", "app:9"), Token);
        fleet.TakeTranscript();
        var deploying = fleet.DeployAsync("2");
        await TestContext.Current.UntilAsync(() =>
            Task.FromResult(fleet.Remarks.Any(r => r.Text.Contains("sign of life", StringComparison.Ordinal)))
        );
        Assert.Equal("", fleet.TakeTranscript());
        await other.CleanUpAsync(await other.SwitchAsync(prepared, Token), Token);
        await other.DisposeAsync();
        var begun = fleet.Time.GetUtcNow();
        fleet.TakeTranscript();

        Assert.Null(await fleet.WithTimeAsync(deploying));

        Assert.All(fleet.Hosts, host => Assert.Equal("2", host.Serving));
        Assert.Contains("[web1] stop app-web-9", fleet.TakeTranscript(), StringComparison.Ordinal);
        Assert.InRange(fleet.Time.GetUtcNow() - begun, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task One_that_is_seen_to_live_is_not_waited_for()
    {
        await ServeAsync();
        fleet.Sees = _ => true;
        await HoldAsync(new FakeTimeProvider(fleet.Time.GetUtcNow()));

        // The clock stands: whatever waited would wait for ever.
        await Assert.ThrowsAsync<UserException>(() => fleet.DeployAsync("2"));

        Assert.DoesNotContain(fleet.Remarks, r => r.Text.Contains("sign of life", StringComparison.Ordinal));
    }

    private async Task ServeAsync()
    {
        await fleet.DeployAsync("1");
        fleet.TakeTranscript();
        fleet.Remarks.Clear();
    }

    private Task<Lease[]> HoldAsync(TimeProvider time) => HoldAsync(time, [.. fleet.Hosts]);

    private static Task<Lease[]> HoldAsync(TimeProvider time, params RecordingHost[] hosts) =>
        Task.WhenAll(
            hosts.Select(host =>
                Lease.AcquireAsync(
                    host,
                    new LeaseRequest("r9", "bob@there", "deploy 9"),
                    null,
                    new Elsewhere(),
                    time,
                    Token
                )
            )
        );

    private sealed class Elsewhere : IProcessProbe
    {
        public ProcessIdentity Self => There;

        public bool? IsAlive(ProcessIdentity process) => null;
    }
}

using Lotse.Execution.Leases;
using Lotse.Execution.Ports;
using Lotse.Execution.Tests.Transcripts;
using Microsoft.Extensions.Time.Testing;

namespace Lotse.Execution.Tests.Leases;

public sealed class LeaseTests
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly MemoryStore store = new();
    private readonly StoreOnlyHost host;
    private readonly Processes first = new(1);
    private readonly Processes second = new(2);

    public LeaseTests() => host = new StoreOnlyHost(store);

    [Fact]
    public async Task What_is_no_lease_is_nobodys()
    {
        var store = new MemoryStore();
        await store.ReplaceAsync("lease.json", "no lease", TestContext.Current.CancellationToken);

        Assert.Equal(LeaseVerdict.Free, Lease.Judge(host, "no lease", new Fleet(), TimeProvider.System).Verdict);
        await using var lease = await Lease.AcquireAsync(
            new StoreOnlyHost(store),
            new LeaseRequest("r1", "anna@one", "deploy 1"),
            null,
            new Fleet(),
            TimeProvider.System,
            TestContext.Current.CancellationToken
        );
        Assert.Equal(1, lease.Fence);
    }

    [Fact]
    public async Task A_lease_that_was_taken_although_its_answer_was_lost_is_held_and_given_back()
    {
        LoseNextAnswer();
        var held = await AcquireAsync(first, "deploy 1");
        Assert.Equal(1, held.Fence);
        LoseNextAnswer();
        await held.DisposeAsync();
        await using var next = await AcquireAsync(second, "deploy 2");
        Assert.Null(next.TookOver);
    }

    [Fact]
    public async Task A_held_lease_is_refused_with_its_holder()
    {
        await using var held = await AcquireAsync(first, "deploy 1");
        var refused = await Assert.ThrowsAsync<LeaseHeldException>(() => AcquireAsync(second, "deploy 2"));
        Assert.Equal(
            "[web1] anna@one (process 1) holds the lease for 'deploy 1' since 03:04:05 UTC.\n"
                + "  → Wait until it is done. If it has died, the lease ends by itself at 03:04:35 UTC: nothing has to be released by hand.",
            refused.Message
        );
    }

    [Fact]
    public async Task A_lease_that_was_given_back_is_free_and_the_next_one_has_a_greater_fence()
    {
        var held = await AcquireAsync(first, "deploy 1");
        await held.DisposeAsync();
        await using var next = await AcquireAsync(second, "deploy 2");
        Assert.Equal(held.Fence + 1, next.Fence);
        Assert.Null(next.TookOver);
    }

    [Fact]
    public async Task The_lease_of_a_dead_process_of_this_machine_is_taken_over_at_once()
    {
        await using var held = await AcquireAsync(first, "deploy 1");
        second.Alive = false;
        await using var next = await AcquireAsync(second, "deploy 2");
        Assert.Equal("deploy 1", next.TookOver?.Purpose);
        await Assert.ThrowsAsync<LeaseLostException>(() => held.RenewAsync(Token));
        Assert.True(held.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task The_lease_of_another_machine_is_taken_over_once_it_has_expired()
    {
        second.Alive = null;
        await host.Store.CompareAndSwapAsync("lease.json", null, await SilentLeaseAsync(), Token);
        await Assert.ThrowsAsync<LeaseHeldException>(() => AcquireAsync(second, "deploy 2"));
        time.Advance(LeaseRules.Lifetime);
        await using var next = await AcquireAsync(second, "deploy 2");
        Assert.Equal("deploy 1", next.TookOver?.Purpose);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(11, 0)]
    [InlineData(11, 60)]
    public async Task Whether_it_is_still_held_is_asked_when_the_last_renewal_is_old_by_either_clock(
        int passed,
        int setBack
    )
    {
        second.Alive = false;
        var own = new AdjustedTime(time.GetUtcNow());
        await using var held = await Lease.AcquireAsync(
            host,
            new LeaseRequest("r1", "anna@one", "deploy 1"),
            null,
            first,
            own,
            Token
        );
        await using var next = await AcquireAsync(second, "deploy 2");

        own.SetBack = TimeSpan.FromSeconds(setBack);
        own.Passed = TimeSpan.FromSeconds(passed);

        var confirmed = await Record.ExceptionAsync(() => held.ConfirmAsync(Token));
        Assert.Equal(passed > 0, confirmed is LeaseLostException);
    }

    [Fact]
    public async Task Heartbeats_keep_a_lease_longer_than_its_lifetime()
    {
        second.Alive = null;
        await using var held = await AcquireAsync(first, "deploy 1");
        for (var beat = 0; beat < 8; beat++)
        {
            var before = await host.Store.ReadAsync("lease.json", Token);
            time.Advance(LeaseRules.Heartbeat);
            await TestContext.Current.UntilAsync(async () => await host.Store.ReadAsync("lease.json", Token) != before);
        }

        await Assert.ThrowsAsync<LeaseHeldException>(() => AcquireAsync(second, "deploy 2"));
    }

    [Fact]
    public async Task A_renewal_whose_answer_was_lost_does_not_keep_the_lease_from_being_given_back()
    {
        var held = await AcquireAsync(first, "deploy 1");
        var written = (await host.Store.ReadAsync("lease.json", Token))!;
        var renewed = written.Replace("03:04:35", "03:04:43", StringComparison.Ordinal);
        Assert.NotEqual(written, renewed);
        Assert.True(await host.Store.CompareAndSwapAsync("lease.json", written, renewed, Token));

        await held.DisposeAsync();

        await using var next = await AcquireAsync(second, "deploy 2");
        Assert.Null(next.TookOver);
    }

    [Fact]
    public async Task Giving_back_a_lease_that_was_lost_does_not_free_the_new_holders()
    {
        var held = await AcquireAsync(first, "deploy 1");
        second.Alive = false;
        await using var next = await AcquireAsync(second, "deploy 2");
        await held.DisposeAsync();
        second.Alive = true;
        await Assert.ThrowsAsync<LeaseHeldException>(() => AcquireAsync(first, "deploy 3", second));
    }

    private void LoseNextAnswer() =>
        store.OnWritten = _ =>
        {
            store.OnWritten = _ => { };
            throw new HostException(HostFailure.Unreachable, "web1", "write", "it broke", "");
        };

    private Task<Lease> AcquireAsync(Processes self, string purpose, Processes? probe = null) =>
        Lease.AcquireAsync(host, new LeaseRequest("r1", "anna@one", purpose), null, probe ?? self, time, Token);

    /// <summary>A lease as a deployer writes it that dies right after.</summary>
    private async Task<string> SilentLeaseAsync()
    {
        var other = new StoreOnlyHost(new MemoryStore());
        await Lease.AcquireAsync(
            other,
            new LeaseRequest("r1", "anna@one", "deploy 1"),
            null,
            first,
            new FakeTimeProvider(time.GetUtcNow()),
            Token
        );
        return (await other.Store.ReadAsync("lease.json", Token))!;
    }

    private sealed class Processes(int id) : IProcessProbe
    {
        public bool? Alive { get; set; } = true;

        public ProcessIdentity Self => new("one", id, "then");

        public bool? IsAlive(ProcessIdentity process) => Alive;
    }

    /// <summary>A clock without timers: no heartbeat finds out what is to be asked.</summary>
    private sealed class AdjustedTime(DateTimeOffset now) : TimeProvider
    {
        public TimeSpan Passed { get; set; }

        public TimeSpan SetBack { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Passed.Ticks;

        public override DateTimeOffset GetUtcNow() => now + Passed - SetBack;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new FakeTimeProvider().CreateTimer(callback, state, dueTime, period);
    }
}

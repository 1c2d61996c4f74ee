using Lotse.Execution.Leases;
using Lotse.Execution.Ports;
using Microsoft.Extensions.Time.Testing;

namespace Lotse.Execution.Tests.Leases;

/// <summary>Deployers whose clocks are wrong, each in its own way: a lease's times are the host's.</summary>
public sealed class LeaseClockTests
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;
    private static readonly DateTimeOffset HostsTime = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private readonly MemoryStore store = new();

    [Theory]
    [InlineData(0, 45)]
    [InlineData(-45, 0)]
    [InlineData(-40, 40)]
    public async Task A_lease_that_is_held_is_not_over_for_one_whose_clock_is_ahead(int holders, int others)
    {
        var (holder, other) = (new Deployer(store, holders), new Deployer(store, others));
        await using var held = await holder.AcquireAsync();

        Assert.Equal(LeaseVerdict.Held, await other.LookAsync());
        var refused = await Assert.ThrowsAsync<LeaseHeldException>(other.AcquireAsync);
        Assert.Equal(HostsTime + LeaseRules.Lifetime, refused.Holder.ExpiresAt);
    }

    [Theory]
    [InlineData(45, 0)]
    [InlineData(0, -45)]
    [InlineData(40, -40)]
    public async Task A_dead_ones_lease_is_over_after_its_time_for_one_whose_clock_is_behind(int holders, int others)
    {
        var (holder, other) = (new Deployer(store, holders), new Deployer(store, others));
        // Its clock stands still, so that it sends no heartbeat.
        await holder.AcquireAsync();

        other.Pass(LeaseRules.Lifetime - TimeSpan.FromSeconds(1));
        Assert.Equal(LeaseVerdict.Held, await other.LookAsync());
        other.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(LeaseVerdict.Expired, await other.LookAsync());
        await using var taken = await other.AcquireAsync();
        Assert.Equal(holder.Request, taken.TookOver?.Rollout);
    }

    /// <summary>Whoever sets a host's clock right takes nobody's lease away: the next heartbeat is written in the new time.</summary>
    [Theory]
    [InlineData(40)]
    [InlineData(-40)]
    public async Task A_hosts_clock_that_is_set_right_meanwhile_ends_no_lease_and_prolongs_none(int ahead)
    {
        var (holder, other) = (new Deployer(store, 0), new Deployer(store, 0));
        holder.Hear(ahead);
        await using var held = await holder.AcquireAsync();
        holder.Hear(0);

        await held.RenewAsync(Token);

        Assert.Equal(LeaseVerdict.Held, await other.LookAsync());
        other.Pass(LeaseRules.Lifetime);
        Assert.Equal(LeaseVerdict.Expired, await other.LookAsync());
    }

    /// <param name="store">The host's store.</param>
    /// <param name="ahead">By how many seconds its own clock is ahead of the host's.</param>
    private sealed class Deployer(MemoryStore store, int ahead) : IProcessProbe
    {
        private readonly FakeTimeProvider own = new(HostsTime + TimeSpan.FromSeconds(ahead));
        private readonly StoreOnlyHost host = new(store) { ClockAhead = -TimeSpan.FromSeconds(ahead) };

        public string Request => $"of one who is {ahead} s ahead";

        public ProcessIdentity Self => new("one", 1, "then");

        public bool? IsAlive(ProcessIdentity process) => null;

        /// <summary>Hears that the host's clock is ahead of its own by so many seconds by now.</summary>
        public void Hear(int seconds) => host.ClockAhead = TimeSpan.FromSeconds(seconds);

        public void Pass(TimeSpan time) => own.Advance(time);

        public Task<Lease> AcquireAsync() =>
            Lease.AcquireAsync(host, new LeaseRequest(Request, "anna@one", "deploy 1"), null, this, own, Token);

        public async Task<LeaseVerdict> LookAsync() =>
            Lease.Judge(host, await store.ReadAsync("lease.json", Token), this, own).Verdict;
    }
}

using Lotse.Execution.Leases;

namespace Lotse.Execution.Tests.Transcripts;

/// <summary>Two deployers that have only some hosts in common, and meet in the middle: neither keeps from the other what it cannot use itself.</summary>
public sealed class OverlapTests
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;
    private readonly Fleet fleet = new("web1", "web2", "web3");

    [Fact]
    public async Task The_one_that_came_first_to_a_common_host_gets_the_next_one_and_the_other_goes_on_after_it()
    {
        await using var late = fleet.Begin("1");
        await late.LookAsync(Token);
        var second = await LeaseAsync(fleet.Hosts[1]);

        var acquiring = late.AcquireLeasesAsync(Token);
        await TestContext.Current.UntilAsync(async () =>
            (await fleet.Hosts[2].Store.ReadAsync("lease.json", Token))!.Contains(
                "\"released\":true",
                StringComparison.Ordinal
            )
        );
        var third = await LeaseAsync(fleet.Hosts[2]);
        Assert.False(acquiring.IsCompleted);
        await second.DisposeAsync();
        await third.DisposeAsync();
        await fleet.Time.RunAsync(acquiring);

        await acquiring;
        foreach (var host in fleet.Hosts)
        {
            await Assert.ThrowsAsync<LeaseHeldException>(() => LeaseAsync(host));
        }
    }

    [Fact]
    public async Task The_one_that_comes_too_late_is_refused_in_the_end_and_keeps_nothing()
    {
        LeaseHeldException? refused;
        await using (var late = fleet.Begin("1"))
        {
            await late.LookAsync(Token);
            await using var second = await LeaseAsync(fleet.Hosts[1]);
            refused = await fleet.WithTimeAsync(late.AcquireLeasesAsync(Token)) as LeaseHeldException;
        }

        Assert.Equal("bert@there", refused?.Holder.Owner);
        foreach (var host in fleet.Hosts)
        {
            await using var free = await LeaseAsync(host);
            Assert.Null(free.TookOver);
        }
    }

    private Task<Lease> LeaseAsync(RecordingHost host) =>
        Lease.AcquireAsync(host, new LeaseRequest("other", "bert@there", "deploy 2"), null, fleet, fleet.Time, Token);
}

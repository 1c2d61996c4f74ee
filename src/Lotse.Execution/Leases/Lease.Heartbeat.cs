using Lotse.Execution.Ports;

namespace Lotse.Execution.Leases;

public sealed partial class Lease
{
    private async Task BeatAsync()
    {
        using var timer = new PeriodicTimer(LeaseRules.Heartbeat, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop.Token))
            {
                await BeatOnceAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed: the lease is given back there.
        }
        catch (LeaseLostException)
        {
            // Whoever runs a rollout under this lease sees Lost.
        }
    }

    private async Task BeatOnceAsync()
    {
        try
        {
            // Not given up half-way: whether it was done would not be known.
            await RenewAsync(CancellationToken.None);
        }
        catch (Exception failure) when (failure is HostException or IOException)
        {
            // The host is out of reach just now, or its disk is full. The lease may still be ours: the next beat, or RenewAsync before the switch, finds out.
        }
    }
}

using Lotse.Execution.Leases;
using Lotse.Execution.Ports;
using Lotse.Execution.Reporting;

namespace Lotse.Execution.Deployments;

public sealed partial class Deployment
{
    /// <summary>How long a lease is waited for that is perhaps on its way back, and between two looks at it.</summary>
    private static readonly TimeSpan GiveBackLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan GiveBackPause = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// The first host's lease decides between deployers that want the same hosts, so it is taken alone and the others' together after it:
    /// two deployers cannot each hold half of a fleet. Those that have only some hosts in common can get into each other's way; then all but the first lease are
    /// given back and taken one by one, in the order that all keep to, so that one of them gets on.
    /// </summary>
    internal async Task AcquireLeasesAsync(CancellationToken cancellation)
    {
        var ordered = hosts.OrderBy(h => h.Name, StringComparer.Ordinal).ToList();
        await AcquireAsync(ordered[0], cancellation);
        try
        {
            await Task.WhenAll(ordered.Skip(1).Select(h => AcquireAsync(h, cancellation)));
        }
        catch (LeaseHeldException)
        {
            await GiveBackAsync(l => l.Host != ordered[0].Name);
            foreach (var host in ordered.Skip(1))
            {
                await AcquirePatientlyAsync(host, cancellation);
            }
        }
    }

    /// <returns>Whether any was waited for.</returns>
    private async Task<bool> AwaitSilentHoldersAsync(CancellationToken cancellation)
    {
        var holders = new SilentHolders(services.Processes, services.Observer, services.Time);
        var silent = holders.Among(hosts, leasesSeen);
        await holders.AwaitAsync(silent, leasesSeen, cancellation);
        return silent.Count > 0;
    }

    private Dictionary<string, LeaseSight> JudgeLeases(IEnumerable<IHost> seen, Sight sight) =>
        seen.ToDictionary(
            h => h.Name,
            h => Lease.Judge(h, sight.Records[h.Name].Lease, services.Processes, services.Time)
        );

    private async Task AcquirePatientlyAsync(IHost host, CancellationToken cancellation)
    {
        var start = services.Time.GetTimestamp();
        while (true)
        {
            try
            {
                await AcquireAsync(host, cancellation);
                return;
            }
            catch (LeaseHeldException) when (services.Time.GetElapsedTime(start) < GiveBackLimit)
            {
                await Task.Delay(GiveBackPause, services.Time, cancellation);
            }
        }
    }

    private async Task AcquireAsync(IHost host, CancellationToken cancellation)
    {
        var wanted = new LeaseRequest(rolloutId, request.Performer, Purpose);
        var lease = await Lease.AcquireAsync(
            host,
            wanted,
            leasesSeen.GetValueOrDefault(host.Name),
            services.Processes,
            services.Time,
            cancellation
        );
        lock (leases)
        {
            leases.Add(lease);
        }

        if (lease.TookOver is { } dead)
        {
            var text = $"the lease of {dead.Owner} for '{dead.Purpose}' was taken over: its deployer is gone";
            services.Observer.Report(new Remark(host.Name, text));
        }
    }

    private async Task ReleaseAsync()
    {
        await GiveBackAsync(_ => true);
        if (context is not null)
        {
            await context.DisposeAsync();
        }
    }

    private Task GiveBackAsync(Func<Lease, bool> which)
    {
        List<Lease> held;
        lock (leases)
        {
            held = leases.FindAll(l => which(l));
            leases.RemoveAll(held.Contains);
        }

        return Task.WhenAll(
            held.Select(l =>
                WarnAsync(
                    l.Host,
                    "the lease could not be given back; it ends by itself within half a minute",
                    () => l.DisposeAsync().AsTask()
                )
            )
        );
    }
}

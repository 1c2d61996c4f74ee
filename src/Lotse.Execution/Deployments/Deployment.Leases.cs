using Lotse.Execution.Leases;
using Lotse.Execution.Ports;
using Lotse.Execution.Reporting;

namespace Lotse.Execution.Deployments;

public sealed partial class Deployment
{
    /// <summary>
    /// The first host's lease decides between deployers that want the same hosts, so it is taken alone and the others' together after it:
    /// two deployers cannot each hold half of a fleet.
    /// </summary>
    internal async Task AcquireLeasesAsync(CancellationToken cancellation)
    {
        var ordered = hosts.OrderBy(h => h.Name, StringComparer.Ordinal).ToList();
        await AcquireAsync(ordered[0], cancellation);
        await Task.WhenAll(ordered.Skip(1).Select(h => AcquireAsync(h, cancellation)));
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
        var held = leases.ToList();
        leases.Clear();
        await Task.WhenAll(
            held.Select(l =>
                WarnAsync(
                    l.Host,
                    "the lease could not be given back; it ends by itself within half a minute",
                    () => l.DisposeAsync().AsTask()
                )
            )
        );
        if (context is not null)
        {
            await context.DisposeAsync();
        }
    }
}

using System.Collections.Immutable;
using Lotse.Execution.Handlers;
using Lotse.Execution.Hooks;
using Lotse.Execution.Leases;
using Lotse.Execution.Ports;
using Lotse.Execution.Reporting;
using Lotse.Planning.Planners;
using Lotse.Planning.Steps;

namespace Lotse.Execution.Deployments;

public sealed partial class Operations
{
    /// <summary>
    /// Removes on every host what retention does not keep: containers and images that neither serve nor are kept for a rollback, and that no other destination
    /// uses; and in the registry what no host has any more. Returns the steps that were done.
    /// </summary>
    /// <exception cref="LeaseHeldException">Somebody is deploying.</exception>
    public async Task<ImmutableArray<PlanStep>> PruneAsync(CancellationToken cancellation)
    {
        var hosts = await ConnectAsync("prune", "all", cancellation);
        var done = await Task.WhenAll(hosts.Select(h => PruneAsync(h, cancellation)));
        var fleet = await ObserveAsync(hosts, cancellation);
        await services.Registry.StartAsync(cancellation);
        var kept = fleet.Hosts.SelectMany(h => h.Images).Select(i => i[(i.LastIndexOf(':') + 1)..]).Distinct();
        await services.Registry.PruneAsync(config.Image, [.. kept], cancellation);
        return [.. done.SelectMany(steps => steps)];
    }

    private async Task<ImmutableArray<PlanStep>> PruneAsync(IHost host, CancellationToken cancellation)
    {
        var wanted = new LeaseRequest(services.Ids.Next(), performer, "prune");
        await using var lease = await Lease.AcquireAsync(
            host,
            wanted,
            null,
            services.Processes,
            services.Time,
            cancellation
        );
        var observed = (await ObserveAsync([host], cancellation))[host.Name];
        var steps = Pruning.Plan(config, observed);
        await using var context = ContextFor(host, HooksOf("prune", "all"));
        foreach (var step in steps)
        {
            var start = services.Time.GetTimestamp();
            await StepHandlers.HandleAsync(step, context, cancellation);
            services.Observer.Report(new StepDone(step, services.Time.GetElapsedTime(start)));
        }

        return steps;
    }

    private StepContext ContextFor(IHost host, HookCalls hooks) =>
        new(
            new Dictionary<string, IHost> { [host.Name] = host },
            services,
            services.Registry,
            new ArchiveDelivery(services.Registry, services.Observer, services.MostOfChange),
            hooks
        );
}

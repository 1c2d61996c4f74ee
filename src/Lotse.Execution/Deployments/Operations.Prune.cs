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
    /// <exception cref="SomeHostsFailedException">Some hosts could not be pruned, or somebody is deploying to them; the others are.</exception>
    public async Task<ImmutableArray<PlanStep>> PruneAsync(CancellationToken cancellation)
    {
        var group = await ReachAsync("prune", "all", cancellation);
        var done = await group.AskAsync(async h => (IReadOnlyList<PlanStep>)await PruneAsync(h, cancellation));
        var seen = await SeeAsync(group, cancellation);
        if (group.IsWhole)
        {
            // What a host that does not answer has is not known, and the next push finds its layers by it.
            await services.Registry.StartAsync(cancellation);
            var kept = seen.SelectMany(h => h.Observed.Images).Select(i => i[(i.LastIndexOf(':') + 1)..]).Distinct();
            await services.Registry.PruneAsync(config.Image, [.. kept], cancellation);
        }

        group.Require("Not pruned:");
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
        var observed = (await Watching().ObserveUnlessSilentAsync(host, cancellation)).Host;
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

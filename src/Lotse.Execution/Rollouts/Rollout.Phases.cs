using System.Collections.Immutable;
using Lotse.Execution.Baking;
using Lotse.Execution.Hooks;
using Lotse.Execution.Leases;
using Lotse.Execution.Ports;
using Lotse.Execution.Reporting;
using Lotse.Planning;
using Lotse.Planning.Planners;
using Lotse.Planning.Steps;

namespace Lotse.Execution.Rollouts;

public sealed partial class Rollout
{
    private async Task<List<(PlanStep Step, Exception Failure)>> PrepareHostsAsync(CancellationToken cancellation)
    {
        if (plan.ChangesRelease)
        {
            await context.Hooks.RunAsync(HookNames.PreDeploy, context.HostNames, cancellation);
        }

        return await RunAsync(plan[PlanPhase.Prepare], cancellation);
    }

    /// <summary>Starts the new containers: group of hosts by group of hosts, and within one the primary role first.</summary>
    private async Task<List<(PlanStep Step, Exception Failure)>> BootAsync(CancellationToken cancellation)
    {
        await journal.AwaitBegunAsync(cancellation);
        var steps = plan[PlanPhase.Stage];
        var booted = context.HostNames.Where(h => steps.Any(s => s.Host == h)).ToList();
        var isFirst = true;
        foreach (var group in BootOrder.Groups(options.Boot, booted))
        {
            if (!isFirst && options.Boot.Wait > TimeSpan.Zero)
            {
                await Task.Delay(options.Boot.Wait, context.Time, cancellation);
            }

            isFirst = false;
            var failures = await BootGroupAsync(group, steps, cancellation);
            if (failures.Count > 0)
            {
                return failures;
            }
        }

        return [];
    }

    private async Task<List<(PlanStep Step, Exception Failure)>> BootGroupAsync(
        ImmutableArray<string> group,
        ImmutableArray<PlanStep> steps,
        CancellationToken cancellation
    )
    {
        await context.Hooks.RunAsync(HookNames.PreAppBoot, group, cancellation);
        List<PlanStep> own = [.. steps.Where(s => group.Contains(s.Host))];
        foreach (var wave in BootOrder.Waves(own, options.PrimaryRole, options.Boot.ParallelRoles))
        {
            var failures = await RunLanesAsync(wave, cancellation);
            if (failures.Count > 0)
            {
                return failures;
            }
        }

        await context.Hooks.RunAsync(HookNames.PostAppBoot, group, cancellation);
        return [];
    }

    private async Task<List<(PlanStep Step, Exception Failure)>> MoveTrafficAsync(CancellationToken cancellation)
    {
        // The last moment at which another deployer's takeover can still be seen before traffic moves.
        await Task.WhenAll(context.Leases.Select(l => l.ConfirmAsync(cancellation)));
        return await RunAsync(plan[PlanPhase.Switch], cancellation);
    }

    /// <summary>Watches the new release; it is proven when meanwhile no other deployer has taken over and brought another one.</summary>
    private async Task<List<(PlanStep Step, Exception Failure)>> ProveAsync(CancellationToken cancellation)
    {
        var failures = await BakeAsync(cancellation);
        if (failures.Count == 0)
        {
            await Task.WhenAll(context.Leases.Select(l => ConfirmIfReachedAsync(l, cancellation)));
        }

        return failures;
    }

    /// <summary>A host that is lost now serves the new release when it comes back: that is no reason to take it from the others.</summary>
    private static async Task ConfirmIfReachedAsync(Lease lease, CancellationToken cancellation)
    {
        try
        {
            await lease.ConfirmAsync(cancellation);
        }
        catch (HostException)
        {
            // What is left to do there will be warned of.
        }
    }

    /// <summary>Watches the new release, where there is an old one to go back to.</summary>
    private async Task<List<(PlanStep Step, Exception Failure)>> BakeAsync(CancellationToken cancellation)
    {
        List<SwitchTraffic> switched = [.. plan[PlanPhase.Switch].OfType<SwitchTraffic>()];
        if (plan.From is null || switched.Count == 0 || options.Bake.Window == TimeSpan.Zero)
        {
            return [];
        }

        var window = new BakeWindow(new BakeProbe(context, switched), options.Bake, context);
        if (await window.WatchAsync(cancellation) is not { } failure)
        {
            return [];
        }

        context.Observer.Report(new StepFailed(failure.Step, failure.Failure));
        return [failure];
    }
}

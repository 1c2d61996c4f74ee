using System.Collections.Concurrent;
using Lotse.Execution.Handlers;
using Lotse.Execution.Hooks;
using Lotse.Execution.Journals;
using Lotse.Execution.Leases;
using Lotse.Execution.Reporting;
using Lotse.Planning;
using Lotse.Planning.Steps;

namespace Lotse.Execution.Rollouts;

/// <summary>
/// One execution of a plan as a transaction over the hosts: phase by phase, hosts in parallel within a phase. A failure before or at the switch
/// takes every step back on every host; after the switch the new release serves, and what could not be cleared up is reported.
/// </summary>
public sealed class Rollout(
    Plan plan,
    StepContext context,
    Journal journal,
    IReadOnlyList<Lease> leases,
    TimeSpan stopGrace
)
{
    /// <summary>How long taking back may take, whatever hangs.</summary>
    private static readonly TimeSpan RevertLimit = TimeSpan.FromMinutes(2);
    private readonly RolloutMachine machine = new();
    private readonly ConcurrentStack<PlanStep> begun = new();

    /// <summary>Where the rollout stands.</summary>
    public RolloutState State => machine.State;

    /// <summary>Pulls, and brings up network, proxy and accessories.</summary>
    /// <exception cref="RolloutFailedException">It failed; everything is taken back.</exception>
    public async Task PrepareAsync(CancellationToken cancellation)
    {
        Enter(RolloutTrigger.Deploy);
        await TryAsync(PrepareHostsAsync, RolloutTrigger.AllPrepared, cancellation);
    }

    /// <summary>Starts the new containers, waits until all are healthy, and moves the traffic.</summary>
    /// <exception cref="RolloutFailedException">It failed; everything is taken back.</exception>
    public async Task SwitchAsync(CancellationToken cancellation)
    {
        await TryAsync(BootAsync, RolloutTrigger.AllHealthy, cancellation);
        await TryAsync(MoveTrafficAsync, RolloutTrigger.AllSwitched, cancellation);
    }

    /// <summary>Drains and stops what served before, and prunes. Failures are reported as warnings: the next run clears up.</summary>
    public async Task SettleAsync(CancellationToken cancellation)
    {
        var failures = await RunAsync(plan[PlanPhase.Settle], cancellation);
        foreach (var (step, failure) in failures)
        {
            context.Observer.Report(new Warning(step.Host, $"could not {step.Describe()}: {failure.Message}"));
        }

        Enter(failures.Count == 0 ? RolloutTrigger.Settled : RolloutTrigger.Failed);
    }

    /// <summary>Takes everything back that was begun, when something outside of the plan failed before the switch was done.</summary>
    public async Task AbandonAsync()
    {
        if (State is RolloutState.Deploying or RolloutState.HealthCheck or RolloutState.Switching)
        {
            await RevertAsync();
        }
    }

    private async Task<List<(PlanStep Step, Exception Failure)>> PrepareHostsAsync(CancellationToken cancellation)
    {
        if (plan.ChangesRelease)
        {
            await context.Hooks.RunAsync(HookNames.PreDeploy, context.HostNames, cancellation);
        }

        return await RunAsync(plan[PlanPhase.Prepare], cancellation);
    }

    private async Task<List<(PlanStep Step, Exception Failure)>> BootAsync(CancellationToken cancellation)
    {
        var steps = plan[PlanPhase.Stage];
        var booted = steps.Select(s => s.Host).Distinct().ToList();
        if (booted.Count == 0)
        {
            return [];
        }

        await context.Hooks.RunAsync(HookNames.PreAppBoot, booted, cancellation);
        var failures = await RunAsync(steps, cancellation);
        if (failures.Count == 0)
        {
            await context.Hooks.RunAsync(HookNames.PostAppBoot, booted, cancellation);
        }

        return failures;
    }

    private async Task<List<(PlanStep Step, Exception Failure)>> MoveTrafficAsync(CancellationToken cancellation)
    {
        // The last moment at which another deployer's takeover can still be seen before traffic moves; and who comes after a death in
        // the middle of the switch shall read that it had begun.
        await Task.WhenAll(leases.Select(l => l.RenewAsync(cancellation)).Append(journal.FlushAsync(cancellation)));
        return await RunAsync(plan[PlanPhase.Switch], cancellation);
    }

    private async Task TryAsync(
        Func<CancellationToken, Task<List<(PlanStep Step, Exception Failure)>>> work,
        RolloutTrigger success,
        CancellationToken cancellation
    )
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource([
            cancellation,
            .. leases.Select(l => l.Lost),
        ]);
        var failures = new List<(PlanStep Step, Exception Failure)>();
        Exception? outside = null;
        try
        {
            failures = await work(linked.Token);
            linked.Token.ThrowIfCancellationRequested();
        }
        catch (Exception thrown)
            when (thrown
                    is OperationCanceledException
                        or LeaseLostException
                        or HookFailedException
                        or Ports.HostException
            )
        {
            outside = thrown;
        }

        if (failures.Count == 0 && outside is null)
        {
            Enter(success);
            return;
        }

        var reason = outside is OperationCanceledException ? Interruption(leases) : outside;
        var reverted = await RevertAsync();
        throw new RolloutFailedException(plan, failures, reason, reverted);
    }

    private static Exception? Interruption(IReadOnlyList<Lease> leases) =>
        leases.Any(l => l.Lost.IsCancellationRequested)
            ? new LeaseLostException("fleet", "another deployer has taken it over.")
            : new OperationCanceledException("It was interrupted.");

    /// <summary>Runs the steps of all hosts, each host's in order. The first failure stops the others.</summary>
    private async Task<List<(PlanStep Step, Exception Failure)>> RunAsync(
        IReadOnlyList<PlanStep> steps,
        CancellationToken cancellation
    )
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var failures = new ConcurrentQueue<(PlanStep, Exception)>();
        await Task.WhenAll(steps.GroupBy(s => s.Host).Select(host => RunHostAsync([.. host], failures, stop)));
        return [.. failures];
    }

    private async Task RunHostAsync(
        IReadOnlyList<PlanStep> steps,
        ConcurrentQueue<(PlanStep, Exception)> failures,
        CancellationTokenSource stop
    )
    {
        foreach (var step in steps)
        {
            try
            {
                stop.Token.ThrowIfCancellationRequested();
                await CarryOutAsync(step, stop.Token);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                context.Observer.Report(new StepFailed(step, failure));
                failures.Enqueue((step, failure));
                await stop.CancelAsync();
                return;
            }
        }
    }

    private async Task CarryOutAsync(PlanStep step, CancellationToken cancellation)
    {
        var start = context.Time.GetTimestamp();
        context.Observer.Report(new StepStarted(step));
        journal.Write(JournalEvent.Step, step.Host, step.Describe());
        begun.Push(step);
        await StepHandlers.HandleAsync(step, context, cancellation);
        journal.Write(JournalEvent.Done, step.Host, step.Describe());
        context.Observer.Report(new StepDone(step, context.Time.GetElapsedTime(start)));
    }

    /// <summary>Undoes each begun step, last first, hosts in parallel; returns what could not be undone.</summary>
    private async Task<List<(string Host, string Text)>> RevertAsync()
    {
        Enter(RolloutTrigger.Failed);
        using var limit = new CancellationTokenSource(RevertLimit, context.Time);
        var left = new ConcurrentQueue<(string Host, string Text)>();
        await Task.WhenAll(
            begun.ToArray().GroupBy(s => s.Host).Select(host => RevertHostAsync([.. host], left, limit.Token))
        );
        begun.Clear();
        Enter(RolloutTrigger.Reverted);
        return [.. left];
    }

    private async Task RevertHostAsync(
        IReadOnlyList<PlanStep> steps,
        ConcurrentQueue<(string Host, string Text)> left,
        CancellationToken cancellation
    )
    {
        foreach (var undo in steps.Select(s => Undo.Of(s, stopGrace)).OfType<PlanStep>())
        {
            try
            {
                await StepHandlers.HandleAsync(undo, context, cancellation);
                context.Observer.Report(new StepUndone(undo));
            }
            catch (Exception failure)
            {
                // Go on: each further step taken back is one thing less for the next run to clear up.
                left.Enqueue((undo.Host, $"[{undo.Host}] could not {undo.Describe()}: {failure.Message}"));
            }
        }
    }

    private void Enter(RolloutTrigger trigger)
    {
        var state = machine.Fire(trigger);
        context.Observer.Report(new StateEntered(state));
        journal.Write(JournalEvent.State, null, state.ToString());
    }
}

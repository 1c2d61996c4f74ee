using System.Collections.Concurrent;
using System.Collections.Immutable;
using Lotse.Execution.Baking;
using Lotse.Execution.Handlers;
using Lotse.Execution.Hooks;
using Lotse.Execution.Journals;
using Lotse.Execution.Leases;
using Lotse.Execution.Reporting;
using Lotse.Planning;
using Lotse.Planning.Steps;

namespace Lotse.Execution.Rollouts;

/// <summary>
/// One execution of a plan as a transaction over the hosts: phase by phase, hosts in parallel within a phase. A failure until the end of the bake window
/// takes every step back on every host; after it the new release serves, and what could not be cleared up is reported.
/// </summary>
public sealed partial class Rollout(Plan plan, StepContext context, Journal journal, RolloutOptions options)
{
    private readonly RolloutMachine machine = new();
    private readonly ConcurrentStack<PlanStep> begun = new();
    private readonly ConcurrentBag<PlanStep> done = [];

    /// <summary>Where the rollout stands.</summary>
    public RolloutState State => machine.State;

    /// <summary>What it carries out.</summary>
    public Plan Plan => plan;

    /// <summary>The hosts on which something is still there that an earlier rollout left.</summary>
    public IEnumerable<string> Uncleared =>
        plan[PlanPhase.Prepare].OfType<RemoveContainer>().Except(done).Select(s => s.Host);

    /// <summary>Hosts that switched, and could not be reached when what served before was to be cleared up: what they serve now is not known.</summary>
    public ImmutableArray<string> OutOfReach { get; private set; } = [];

    /// <summary>Pulls, and brings up network, proxy and accessories.</summary>
    /// <exception cref="RolloutFailedException">It failed; everything is taken back.</exception>
    public async Task PrepareAsync(CancellationToken cancellation)
    {
        Enter(RolloutTrigger.Deploy);
        await TryAsync(PrepareHostsAsync, null, cancellation);
    }

    /// <summary>Runs the migration, when there is one.</summary>
    /// <exception cref="RolloutFailedException">It failed; everything is taken back.</exception>
    public Task MigrateAsync(CancellationToken cancellation) =>
        TryAsync(token => RunAsync(plan[PlanPhase.Migrate], token), RolloutTrigger.AllPrepared, cancellation);

    /// <summary>
    /// Starts the new containers, waits until all are healthy, moves the traffic, and watches the new release for a while. Migrates first, unless that was done.
    /// </summary>
    /// <exception cref="RolloutFailedException">It failed; everything is taken back.</exception>
    public async Task SwitchAsync(CancellationToken cancellation)
    {
        if (State == RolloutState.Deploying)
        {
            await MigrateAsync(cancellation);
        }

        await TryAsync(BootAsync, RolloutTrigger.AllHealthy, cancellation);
        await TryAsync(MoveTrafficAsync, RolloutTrigger.AllSwitched, cancellation);
        await TryAsync(ProveAsync, RolloutTrigger.Proven, cancellation);
    }

    /// <summary>Drains and stops what served before, and prunes. Failures are reported as warnings: the next run clears up.</summary>
    public async Task SettleAsync(CancellationToken cancellation)
    {
        var steps = plan[PlanPhase.Settle];
        var stopped = steps.OfType<StopContainer>().Select(s => (s.Host, s.Container)).ToHashSet();
        // What is long stopped is cleared away while what served a moment ago is drained.
        bool IsTidying(PlanStep step) =>
            step is PruneImages || (step is RemoveContainer r && !stopped.Contains((r.Host, r.Container)));
        var lanes = steps.GroupBy(s => (s.Host, IsTidying(s))).Select(lane => lane.ToImmutableArray());
        // Each on its own: a host that is lost now keeps no other from stopping what it no longer needs.
        var results = await Task.WhenAll(lanes.Select(lane => RunLanesAsync([lane], cancellation)));
        var failures = results.SelectMany(r => r).ToList();
        foreach (var (step, failure) in failures)
        {
            context.Observer.Report(new Warning(step.Host, $"could not {step.Describe()}: {failure.Message}"));
        }

        OutOfReach = [.. failures.Where(f => !IsAnswer(f.Failure)).Select(f => f.Step.Host).Distinct()];
        foreach (var loss in context.Leases.Select(l => l.Loss).OfType<LeaseLostException>())
        {
            context.Observer.Report(new Warning(loss.Host, loss.Message));
        }

        Enter(failures.Count == 0 ? RolloutTrigger.Settled : RolloutTrigger.Failed);
    }

    private async Task TryAsync(
        Func<CancellationToken, Task<List<(PlanStep Step, Exception Failure)>>> work,
        RolloutTrigger? success,
        CancellationToken cancellation
    )
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource([
            cancellation,
            .. context.Leases.Select(l => l.Lost),
        ]);
        var failures = new List<(PlanStep Step, Exception Failure)>();
        Exception? outside = null;
        try
        {
            failures = await work(linked.Token);
            linked.Token.ThrowIfCancellationRequested();
        }
        catch (Exception thrown)
        {
            // Whatever it is, what was begun is taken back first; then it is thrown on, as the reason.
            outside = thrown;
        }

        if (failures.Count == 0 && outside is null)
        {
            Enter(success);
            return;
        }

        var reason = outside is OperationCanceledException ? Interruption(context.Leases) : outside;
        var steps = begun.ToArray();
        var move = MoveOf(steps, failures);
        var reverted = await RevertAsync();
        // Perhaps only found out when it was to be taken back.
        reason ??= LossOf(context.Leases);
        var aftermath = new Aftermath
        {
            Plan = plan,
            Move = move,
            IsDisturbed = steps.Any(IsDisturbing),
            IsTakenOver = reason is LeaseLostException,
            Hosts = reverted,
        };
        throw new RolloutFailedException(failures, reason, aftermath);
    }

    private static bool IsDisturbing(PlanStep step) =>
        step
            is EnsureProxy { Replaces: true }
                or EnsureAccessory { Work: AccessoryWork.Replace or AccessoryWork.PutRight };

    /// <summary>What fails while it bakes is a switch too, one that was carried out; of a switch whose host is out of reach it is not known.</summary>
    private TrafficMove MoveOf(PlanStep[] steps, List<(PlanStep Step, Exception Failure)> failures)
    {
        if (State == RolloutState.Baking)
        {
            return TrafficMove.Moved;
        }

        var failed = failures.ToDictionary(f => f.Step, f => f.Failure);
        List<SwitchTraffic> switches = [.. steps.OfType<SwitchTraffic>()];
        return switches.Exists(s => !failed.ContainsKey(s)) ? TrafficMove.Moved
            : switches.Exists(s => !IsAnswer(failed[s])) ? TrafficMove.Perhaps
            : TrafficMove.None;
    }

    private static Exception Interruption(IReadOnlyList<Lease> leases) =>
        LossOf(leases) as Exception ?? new OperationCanceledException("It was interrupted.");

    private static LeaseLostException? LossOf(IReadOnlyList<Lease> leases) =>
        leases.Select(l => l.Loss).FirstOrDefault(loss => loss is not null);

    /// <summary>Runs the steps of all hosts, each host's in order. The first failure stops the others.</summary>
    private Task<List<(PlanStep Step, Exception Failure)>> RunAsync(
        IReadOnlyList<PlanStep> steps,
        CancellationToken cancellation
    ) => RunLanesAsync([.. steps.GroupBy(s => s.Host).Select(host => host.ToImmutableArray())], cancellation);

    private async Task<List<(PlanStep Step, Exception Failure)>> RunLanesAsync(
        ImmutableArray<ImmutableArray<PlanStep>> lanes,
        CancellationToken cancellation
    )
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var failures = new ConcurrentQueue<(PlanStep, Exception)>();
        await Task.WhenAll(lanes.Select(lane => RunLaneAsync(lane, failures, stop)));
        return [.. failures];
    }

    private async Task RunLaneAsync(
        ImmutableArray<PlanStep> steps,
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
            catch (LeaseLostException)
            {
                // No failure of the step, which was not begun: the lease itself tells.
                await stop.CancelAsync();
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
        await context.ConfirmAsync(step.Host, cancellation);
        var start = context.Time.GetTimestamp();
        context.Observer.Report(new StepStarted(step));
        journal.Write(JournalEvent.Step, step.Host, step.Describe());
        begun.Push(step);
        await Persistence.HandleAsync(step, context, cancellation);
        done.Add(step);
        journal.Write(JournalEvent.Done, step.Host, step.Describe());
        context.Observer.Report(new StepDone(step, context.Time.GetElapsedTime(start)));
    }

    private void Enter(RolloutTrigger? trigger)
    {
        if (trigger is not { } fired)
        {
            return;
        }

        var state = machine.Fire(fired);
        context.Observer.Report(new StateEntered(state));
        if (state != RolloutState.Running)
        {
            // It is over then, which the journal's end tells, and how.
            journal.Write(JournalEvent.State, null, state.ToString());
        }
    }
}

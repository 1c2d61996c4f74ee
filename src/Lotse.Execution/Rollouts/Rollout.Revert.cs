using System.Collections.Immutable;
using Lotse.Execution.Leases;
using Lotse.Execution.Ports;
using Lotse.Execution.Reporting;
using Lotse.Planning.Steps;

namespace Lotse.Execution.Rollouts;

public sealed partial class Rollout
{
    /// <summary>How long taking back may take, whatever hangs.</summary>
    private static readonly TimeSpan RevertLimit = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Takes everything back that was begun, when something outside of the plan failed before the switch was done. Gives what is known of the hosts then; null
    /// when nothing was under way.
    /// </summary>
    public async Task<IReadOnlyList<HostAfter>?> AbandonAsync() =>
        RolloutMachine.Next(State, RolloutTrigger.Failed) == RolloutState.Rollback ? await RevertAsync() : null;

    /// <summary>Undoes each begun step, last first, hosts in parallel; returns what is known of each host then.</summary>
    private async Task<ImmutableArray<HostAfter>> RevertAsync()
    {
        Enter(RolloutTrigger.Failed);
        using var limit = new CancellationTokenSource(RevertLimit, context.Time);
        var steps = begun.ToLookup(s => s.Host);
        var hosts = await Task.WhenAll(context.HostNames.Select(h => RevertHostAsync(h, steps[h], limit.Token)));
        begun.Clear();
        Enter(RolloutTrigger.Reverted);
        return [.. hosts];
    }

    private async Task<HostAfter> RevertHostAsync(
        string host,
        IEnumerable<PlanStep> steps,
        CancellationToken cancellation
    )
    {
        var left = ImmutableArray.CreateBuilder<string>();
        var serving = new HashSet<string>(StringComparer.Ordinal);
        bool? answers = null;
        foreach (var undo in steps.Select(s => Undo.Of(s, options.StopGrace)).OfType<PlanStep>())
        {
            if (Touches(undo, serving))
            {
                continue;
            }

            var failure = await TryUndoAsync(undo, cancellation);
            answers = IsAnswer(failure);
            if (failure is LeaseLostException)
            {
                // Whoever holds it now has found what was begun, and may use or remove containers of the same names.
                left.Add($"[{host}] nothing more was taken back: that is up to who took over.");
                break;
            }

            if (failure is not null)
            {
                // Go on: each further step taken back is one thing less for the next run to clear up. But what may have the traffic still stays, with its name.
                left.Add($"[{host}] could not {undo.Describe()}: {failure.Message}");
                serving.UnionWith(undo is RevertTraffic back ? [back.Container] : []);
            }

            if (serving.Count > 0 && answers == false)
            {
                break;
            }
        }

        var isReached = answers ?? await AnswersAsync(host, cancellation);
        return new HostAfter(host, left.ToImmutable(), !isReached, serving.Count > 0);
    }

    private async Task<Exception?> TryUndoAsync(PlanStep undo, CancellationToken cancellation)
    {
        try
        {
            await Persistence.UndoAsync(undo, context, token => context.ConfirmAsync(undo.Host, token), cancellation);
            context.Observer.Report(new StepUndone(undo));
            return null;
        }
        catch (Exception failure)
        {
            return failure;
        }
    }

    /// <summary>Asks a host on which nothing had to be taken back: nobody would know otherwise that it is lost.</summary>
    private async Task<bool> AnswersAsync(string host, CancellationToken cancellation)
    {
        try
        {
            await context.HostOf(host).Engine.GetInfoAsync(cancellation);
            return true;
        }
        catch (Exception failure)
        {
            return IsAnswer(failure);
        }
    }

    /// <summary>Whether a host was heard of, be it that something failed there.</summary>
    private static bool IsAnswer(Exception? failure) =>
        failure
            is not (
                HostException { Failure: HostFailure.Unreachable or HostFailure.Silent }
                or OperationCanceledException
                or IOException
            );

    private static bool Touches(PlanStep undo, HashSet<string> containers) =>
        undo switch
        {
            StopContainer stop => containers.Contains(stop.Container),
            RemoveContainer remove => containers.Contains(remove.Container),
            RenameContainer rename => containers.Contains(rename.To),
            _ => false,
        };
}

using System.Collections.Immutable;
using Lotse.Execution.Ports;
using Lotse.Execution.Reporting;
using Lotse.Planning.Steps;

namespace Lotse.Execution.Rollouts;

public sealed partial class Rollout
{
    /// <summary>How long taking back may take, whatever hangs.</summary>
    private static readonly TimeSpan RevertLimit = TimeSpan.FromMinutes(2);

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
        var (answers, mayServeNew) = ((bool?)null, false);
        foreach (var undo in steps.Select(s => Undo.Of(s, options.StopGrace)).OfType<PlanStep>())
        {
            // What may have the traffic must not be stopped.
            if (mayServeNew && undo is not RevertTraffic)
            {
                break;
            }

            var failure = await TryUndoAsync(undo, cancellation);
            answers = IsAnswer(failure);
            if (failure is not null)
            {
                // Go on: each further step taken back is one thing less for the next run to clear up.
                left.Add($"[{host}] could not {undo.Describe()}: {failure.Message}");
                mayServeNew |= undo is RevertTraffic;
            }
        }

        var isReached = answers ?? await AnswersAsync(host, cancellation);
        return new HostAfter(host, left.ToImmutable(), !isReached, mayServeNew);
    }

    private async Task<Exception?> TryUndoAsync(PlanStep undo, CancellationToken cancellation)
    {
        try
        {
            await Persistence.UndoAsync(undo, context, cancellation);
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
            is not (HostException { Failure: HostFailure.Unreachable } or OperationCanceledException or IOException);
}

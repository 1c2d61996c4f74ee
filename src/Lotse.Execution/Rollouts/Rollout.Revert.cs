using System.Collections.Concurrent;
using Lotse.Execution.Leases;
using Lotse.Execution.Reporting;
using Lotse.Planning.Steps;

namespace Lotse.Execution.Rollouts;

public sealed partial class Rollout
{
    /// <summary>How long taking back may take, whatever hangs.</summary>
    private static readonly TimeSpan RevertLimit = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Takes everything back that was begun, when something outside of the plan failed before the switch was done. Gives what could not be taken back; null when
    /// nothing was under way.
    /// </summary>
    public async Task<IReadOnlyList<(string Host, string Text)>?> AbandonAsync() =>
        RolloutMachine.Next(State, RolloutTrigger.Failed) == RolloutState.Rollback ? await RevertAsync() : null;

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
        var serving = new HashSet<string>(StringComparer.Ordinal);
        foreach (var undo in steps.Select(s => Undo.Of(s, options.StopGrace)).OfType<PlanStep>())
        {
            if (Touches(undo, serving))
            {
                continue;
            }

            try
            {
                await ConfirmAsync(undo.Host, cancellation);
                await Persistence.UndoAsync(undo, context, cancellation);
                context.Observer.Report(new StepUndone(undo));
            }
            catch (LeaseLostException)
            {
                // Whoever holds it now has found what was begun, and may use or remove containers of the same names.
                left.Enqueue((undo.Host, $"[{undo.Host}] nothing more was taken back: that is up to who took over."));
                return;
            }
            catch (Exception failure)
            {
                // What may have the traffic still stays, with its name.
                if (undo is RevertTraffic { Container: var container })
                {
                    serving.Add(container);
                }

                // Go on: each further step taken back is one thing less for the next run to clear up.
                left.Enqueue((undo.Host, $"[{undo.Host}] could not {undo.Describe()}: {failure.Message}"));
            }
        }
    }

    private static bool Touches(PlanStep undo, HashSet<string> containers) =>
        undo switch
        {
            StopContainer stop => containers.Contains(stop.Container),
            RemoveContainer remove => containers.Contains(remove.Container),
            RenameContainer rename => containers.Contains(rename.To),
            _ => false,
        };

    /// <summary>
    /// Makes sure of a host's lease before anything is changed there: a deployer that slept, with its machine or by itself, wakes up in the middle of its work
    /// and must not go on where another one took over meanwhile.
    /// </summary>
    private Task ConfirmAsync(string host, CancellationToken cancellation) =>
        Task.WhenAll(leases.Where(l => l.Host == host).Select(l => l.ConfirmAsync(cancellation)));
}

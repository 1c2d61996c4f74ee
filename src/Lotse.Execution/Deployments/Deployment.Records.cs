using Lotse.Execution.Journals;
using Lotse.Execution.Reporting;
using Lotse.Execution.Rollouts;
using Lotse.Planning;
using Lotse.Planning.Observed;

namespace Lotse.Execution.Deployments;

public sealed partial class Deployment
{
    /// <summary>
    /// Says what a deployer that died had begun. When it had moved the traffic and could not note it any more, that is noted now, so that its
    /// release counts as one that served.
    /// </summary>
    private async Task RecoverAsync(CancellationToken cancellation)
    {
        foreach (var host in hosts)
        {
            if (await Journal.ReadInterruptedAsync(host.Store, cancellation) is not { Begin: var begin } interrupted)
            {
                continue;
            }

            var text =
                $"'{begin.Text}' by {begin.Owner} was interrupted at: {interrupted.Last.Text}. This run clears up after it";
            services.Observer.Report(new Remark(host.Name, text));
            var observed = fleet![host.Name];
            var isKnown = observed.History.Any(p => p.Rollout == begin.Rollout);
            if (!isKnown && begin.Version is not null && IsServing(observed, begin.Rollout))
            {
                var entry = Entry(begin.Version, null, begin.Rollout, "done; its deployer died") with
                {
                    Served = PastReleaseKind.Deployed,
                    Performer = begin.Owner ?? request.Performer,
                };
                await Journal.AuditAsync(host.Store, entry, cancellation);
            }
        }
    }

    private static bool IsServing(ObservedHost host, string rollout)
    {
        var made = host.Containers.Where(c => c.Rollout == rollout).Select(c => c.ShortId);
        var active = host.Proxy?.Services.Select(s => s.Active).OfType<string>() ?? [];
        return made.Any(id => active.Any(a => a.StartsWith($"{id}:", StringComparison.Ordinal)));
    }

    private async Task AuditFailureAsync(Func<Task> stage, Plan plan)
    {
        try
        {
            await stage();
        }
        catch (RolloutFailedException failed)
        {
            var why = failed.InnerException ?? failed;
            await AuditAsync(plan, rolloutId, $"failed: {why.Message.Split('\n')[0]}", served: null);
            var journal = new Journal(hosts[0].Store, services.Time, rolloutId);
            await journal.WriteAsync(JournalEvent.End, null, "reverted", CancellationToken.None);
            await ReleaseAsync();
            throw;
        }
    }

    private async Task AuditAsync(Plan plan, string rollout, string outcome, PastReleaseKind? served)
    {
        var entry = Entry(plan.Release.Version, plan.From, rollout, outcome) with { Served = served };
        await Task.WhenAll(hosts.Select(h => Journal.AuditAsync(h.Store, entry, CancellationToken.None)));
    }

    private AuditEntry Entry(string version, string? from, string rollout, string outcome) =>
        new()
        {
            At = services.Time.GetUtcNow(),
            Performer = request.Performer,
            Command = request.IsRollback ? "rollback" : "deploy",
            Version = version,
            From = from,
            Commit = request.Commit,
            Rollout = rollout,
            Outcome = outcome,
        };
}

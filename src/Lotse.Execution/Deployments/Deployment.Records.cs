using Lotse.Execution.Journals;
using Lotse.Execution.Leases;
using Lotse.Execution.Ports;
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
    private Task RecoverAsync(CancellationToken cancellation) =>
        Task.WhenAll(hosts.Select(h => RecoverAsync(h, cancellation)));

    private async Task RecoverAsync(IHost host, CancellationToken cancellation)
    {
        if (interrupted.GetValueOrDefault(host.Name) is not { Begin: var begin, Last: var last })
        {
            return;
        }

        var text = $"'{begin.Text}' by {begin.Owner} was interrupted at: {last.Text}. This run clears up after it";
        services.Observer.Report(new Remark(host.Name, text));
        var observed = fleet![host.Name];
        var isKnown = observed.History.Any(p => p.Rollout == begin.Rollout);
        if (!isKnown && begin.Version is not null && IsServing(observed, begin))
        {
            var entry = Entry(begin.Version, null, begin.Rollout, "done; its deployer died") with
            {
                Served = KindOf(begin.IsRollback),
                Performer = begin.Owner ?? request.Performer,
                Command = CommandOf(begin.IsRollback),
                Commit = begin.Commit,
            };
            await services.AuditAsync(host, entry, cancellation);
        }
    }

    /// <summary>Whether a deployer died there that had not closed its journal or given back its lease.</summary>
    private bool IsLeftOpen(string host) =>
        leasesSeen[host].Verdict switch
        {
            LeaseVerdict.Held => false,
            LeaseVerdict.Free => interrupted.GetValueOrDefault(host) is not null,
            _ => true,
        };

    /// <summary>Whether the traffic went to what the rollout brought: a container that it made, or, going back, one of the version that had not served last.</summary>
    private static bool IsServing(ObservedHost host, JournalEntry begin)
    {
        var active = host.Proxy?.Services.Select(s => s.Active).OfType<string>().ToList() ?? [];
        var serving = host.Containers.Where(c =>
            active.Exists(a => a.StartsWith($"{c.ShortId}:", StringComparison.Ordinal))
        );
        return serving.Any(c =>
            begin.IsRollback
                ? c.Version == begin.Version && host.History.LastOrDefault()?.Version != begin.Version
                : c.Rollout == begin.Rollout
        );
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
            await EndJournalAsync("reverted", [.. failed.LeftOn, .. Begun.Uncleared]);
            await ReleaseAsync();
            throw;
        }
    }

    /// <summary>Takes back what a deployment had begun that nobody goes on with, and says what could not be; gives the hosts where that was.</summary>
    private async Task<IReadOnlyCollection<string>> AbandonAsync(Rollout begun)
    {
        if (await begun.AbandonAsync() is not { } hostsAfter)
        {
            return [];
        }

        await AuditAsync(begun.Plan, rolloutId, "abandoned", served: null);
        var left = hostsAfter.Where(h => h.Left.Length > 0).ToList();
        foreach (var (host, text) in left.SelectMany(h => h.Left.Select(text => (h.Host, text))))
        {
            services.Observer.Report(new Warning(host, text));
        }

        return [.. left.Select(h => h.Host), .. begun.Uncleared];
    }

    private Task AuditAsync(Plan plan, string rollout, string outcome, PastReleaseKind? served)
    {
        var entry = Entry(plan.Release.Version, plan.From, rollout, outcome) with { Served = served };
        return Task.WhenAll(
            hosts.Select(h =>
                WarnAsync(
                    h.Name,
                    "the audit log lacks this rollout",
                    () => services.AuditAsync(h, entry, CancellationToken.None)
                )
            )
        );
    }

    private async Task EndJournalAsync(string outcome, IReadOnlyCollection<string>? left = null)
    {
        if (journal is { } open)
        {
            journal = null;
            await open.EndAsync(outcome, left ?? []);
            await open.DisposeAsync();
        }
    }

    /// <summary>What is only noted must not undo what is done: a host that cannot be written to any more is warned of.</summary>
    private async Task WarnAsync(string host, string consequence, Func<Task> write)
    {
        try
        {
            await write();
        }
        catch (Exception failure) when (failure is HostException or IOException)
        {
            services.Observer.Report(new Warning(host, $"{consequence}: {failure.Message}"));
        }
    }

    private static string CommandOf(bool isRollback) => isRollback ? "rollback" : "deploy";

    private static PastReleaseKind KindOf(bool isRollback) =>
        isRollback ? PastReleaseKind.RolledBack : PastReleaseKind.Deployed;

    private AuditEntry Entry(string version, string? from, string rollout, string outcome) =>
        new()
        {
            At = services.Time.GetUtcNow(),
            Performer = request.Performer,
            Command = CommandOf(request.IsRollback),
            Version = version,
            From = from,
            Commit = request.Commit,
            Rollout = rollout,
            Outcome = outcome,
            Hosts = NamedHosts,
        };

    /// <summary>All that the configuration names.</summary>
    private string[] NamedHosts => [.. HostSet.NamesOf(config), .. request.SkippedHosts];
}

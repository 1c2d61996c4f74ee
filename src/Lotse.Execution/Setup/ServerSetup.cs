using System.Collections.Immutable;
using Lotse.Execution.Leases;
using Lotse.Execution.Ports;
using Lotse.Planning.Setup;

namespace Lotse.Execution.Setup;

/// <summary>
/// Sets servers up, all at once: looks at them, plans, does what is missing, looks again and tries their ports from
/// here. A second
/// run finds nothing to do.
/// </summary>
public sealed class ServerSetup(SetupServices services, SetupRequest request)
{
    /// <summary>Set-ups of one server exclude each other; what they need for it is gone with the next boot.</summary>
    private const string SetupFolder = "/run/lotse/setup";

    /// <summary>Where deploys keep their state, their leases among it.</summary>
    private const string StateFolder = "/var/lib/lotse";

    /// <summary>Looks and plans, and changes nothing.</summary>
    /// <exception cref="UserException">Something is in the way on some servers; all of it is told.</exception>
    public async Task<SetupReport> PreviewAsync(CancellationToken cancellation)
    {
        var sessions = await ConnectAsync(cancellation);
        await using var all = new Sessions(sessions);
        var plans = await LookAsync(sessions, cancellation);
        return new([.. plans.Select(p => new ServerReport { Plan = p, Notices = p.Notices })]);
    }

    /// <summary>Does it.</summary>
    /// <exception cref="UserException">Something is in the way on some servers; all of it is told, and nothing was
    /// changed.</exception>
    /// <exception cref="SetupFailedException">A step failed on some servers; the others are set up.</exception>
    public async Task<SetupReport> RunAsync(CancellationToken cancellation)
    {
        var sessions = await ConnectAsync(cancellation);
        await using var all = new Sessions(sessions);
        await HoldAsync(sessions, SetupFolder, cancellation);
        var plans = await LookAsync(sessions, cancellation);
        var runs = sessions.Zip(plans, (s, p) => new ServerRun(services, request, s, p)).ToList();
        var changing = runs.Where(r =>
            r.Plan.Changes.Any() && r.Plan.Server is { HasState: true, Engine.Version: not null }
        );
        await HoldAsync(changing.Select(r => r.Session), $"{StateFolder}/{request.Settings.Name}", cancellation);

        var failures = new Dictionary<ServerRun, HostException>();
        await OnAllAsync(runs, failures, run => run.RunAsync(cancellation));
        await Task.WhenAll(sessions.Select(s => s.GiveBackAsync(down: 1)));
        await CallHookAsync([.. runs.Where(r => r.HasFreshEngine && !failures.ContainsKey(r))], cancellation);
        var reports = await ProveAsync(runs, failures, cancellation);
        return failures.Count == 0
            ? new(reports)
            : throw new SetupFailedException(
                [.. runs.Where(failures.ContainsKey).Select(r => failures[r])],
                [.. runs.Where(r => !failures.ContainsKey(r)).Select(r => r.Plan.Server.Host)]
            );
    }

    /// <summary>Looks at all servers again when something was changed, and proves those on which nothing failed.</summary>
    private async Task<ImmutableArray<ServerReport>> ProveAsync(
        List<ServerRun> runs,
        Dictionary<ServerRun, HostException> failures,
        CancellationToken cancellation
    )
    {
        var facts = runs.Select(r => r.Plan.Server).ToArray();
        if (runs.Any(r => r.Plan.Changes.Any()))
        {
            await OnAllAsync(
                runs,
                failures,
                async r => facts[runs.IndexOf(r)] = await r.Session.GetFactsAsync(cancellation)
            );
        }

        var after = SetupPlanner.Plan(facts, request.Settings);
        var proof = new ServerProof(services, request);
        var reports = new ServerReport[runs.Count];
        await OnAllAsync(
            runs,
            failures,
            async r => reports[runs.IndexOf(r)] = await proof.ProveAsync(r, after[runs.IndexOf(r)], cancellation)
        );
        return [.. reports];
    }

    /// <summary>
    /// Keeps others off: other set-ups by one lease, and deploys of the same service and destination by theirs. The first
    /// server's decides between two that want the same ones.
    /// </summary>
    private static async Task HoldAsync(
        IEnumerable<ServerSession> sessions,
        string folder,
        CancellationToken cancellation
    )
    {
        var ordered = sessions.OrderBy(s => s.Host, StringComparer.Ordinal).ToList();
        try
        {
            await Task.WhenAll(ordered.Take(1).Select(s => s.HoldAsync(folder, cancellation)));
            await Task.WhenAll(ordered.Skip(1).Select(s => s.HoldAsync(folder, cancellation)));
        }
        catch (Exception busy) when (busy is HostException or LeaseHeldException)
        {
            throw Refused([busy.Message]);
        }
    }

    private async Task CallHookAsync(IReadOnlyList<ServerRun> fresh, CancellationToken cancellation)
    {
        if (fresh.Count > 0)
        {
            await services.EngineInstalled([.. fresh.Select(r => r.Plan.Server.Host)], cancellation);
            await Task.WhenAll(fresh.Select(r => r.RememberHookAsync(cancellation)));
        }
    }

    private async Task<List<ServerSession>> ConnectAsync(CancellationToken cancellation)
    {
        var connecting = request
            .Hosts.Select(h => ServerSession.OpenAsync(services, request, h, cancellation))
            .ToList();
        var failures = await FailuresAsync(connecting);
        if (failures.Count == 0)
        {
            return [.. connecting.Select(c => c.Result)];
        }

        await using var all = new Sessions([.. connecting.Where(c => c.IsCompletedSuccessfully).Select(c => c.Result)]);
        throw Refused(failures.Select(f => f.Message));
    }

    private async Task<ImmutableArray<SetupPlan>> LookAsync(
        List<ServerSession> sessions,
        CancellationToken cancellation
    )
    {
        var looking = sessions.Select(s => s.GetFactsAsync(cancellation)).ToList();
        var problems = (await FailuresAsync(looking)).Select(f => f.Message).ToList();
        var facts = looking.Where(l => l.IsCompletedSuccessfully).Select(l => l.Result).ToList();
        var plans = SetupPlanner.Plan(facts, request.Settings);
        problems.AddRange(plans.SelectMany(p => p.Problems.Select(x => $"[{p.Server.Host}] {x.Fact}\n  → {x.Cure}")));
        return problems.Count == 0 ? plans : throw Refused(problems);
    }

    private static UserException Refused(IEnumerable<string> problems) =>
        new(
            $"Not all servers can be set up:\n{string.Join('\n', problems)}",
            "Nothing was changed. Mend this and run the same command again."
        );

    /// <summary>Does something on all servers on which nothing has failed yet, and keeps what fails.</summary>
    private static async Task OnAllAsync(
        List<ServerRun> runs,
        Dictionary<ServerRun, HostException> failures,
        Func<ServerRun, Task> work
    )
    {
        var tasks = runs.Where(r => !failures.ContainsKey(r)).Select(r => (Run: r, Task: work(r))).ToList();
        foreach (var (run, task) in tasks)
        {
            if ((await FailuresAsync([task])).FirstOrDefault() is { } failure)
            {
                failures[run] = failure;
            }
        }
    }

    /// <summary>Waits for all; what is no failure of a host's is thrown on.</summary>
    private static async Task<List<HostException>> FailuresAsync(IEnumerable<Task> tasks)
    {
        var failures = new List<HostException>();
        foreach (var task in tasks.ToList())
        {
            try
            {
                await task;
            }
            catch (HostException failure)
            {
                failures.Add(failure);
            }
        }

        return failures;
    }

    private sealed class Sessions(List<ServerSession> sessions) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await Task.WhenAll(sessions.Select(s => s.DisposeAsync().AsTask()));
    }
}

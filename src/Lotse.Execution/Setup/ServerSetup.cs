using System.Collections.Immutable;
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
    /// <summary>A port that nothing listens on usually: it must be as silent as all others.</summary>
    private const int IdlePort = 9;

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
        var plans = await LookAsync(sessions, cancellation);
        var runs = sessions.Zip(plans, (s, p) => new ServerRun(services, request, s, p)).ToList();
        await DoneOnAllAsync(runs, run => run.RunAsync(cancellation));
        if (runs.Where(r => r.InstalledEngine).Select(r => r.Plan.Server.Host).ToList() is { Count: > 0 } fresh)
        {
            await services.EngineInstalled(fresh, cancellation);
        }

        var after = runs.Any(r => r.Plan.Changes.Any()) ? await LookAsync(sessions, cancellation) : plans;
        var reports = new ServerReport[runs.Count];
        await DoneOnAllAsync(
            runs,
            async run =>
            {
                var at = runs.IndexOf(run);
                reports[at] = await ProveAsync(run, after[at], cancellation);
            }
        );
        return new([.. reports]);
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

    /// <summary>Whether all that was done has taken, and how the ports answer from here.</summary>
    private async Task<ServerReport> ProveAsync(ServerRun run, SetupPlan after, CancellationToken cancellation)
    {
        // What could not be done and was told, swap, would be tried again.
        foreach (var step in after.Changes.Where(s => s.Topic != SetupTopic.Swap))
        {
            throw run.Session.Failure(
                step.Title,
                "it was done, and the server is not as it should be afterwards",
                "Something else on the server undoes it."
            );
        }

        var notices = run.Notices.ToList();
        var ports = await ProbeAsync(run.Session, after, cancellation);
        if (ports.Where(p => p.IsLeak).Select(p => p.Port).ToList() is { Count: > 0 } leaks)
        {
            throw run.Session.Failure(
                "prove the firewall",
                $"from here, port(s) {string.Join(", ", leaks)} answer although the firewall should keep them",
                "Look at `nft list ruleset` on the server; is this machine one of the fleet?"
            );
        }

        notices.AddRange(
            ports
                .Where(p => p.IsShut)
                .Select(p => $"port {p.Port} is let in and silent from here: another firewall stands between")
        );
        return new ServerReport
        {
            Plan = run.Plan,
            Notices = [.. notices],
            Ports = ports,
        };
    }

    private async Task<ImmutableArray<PortFinding>> ProbeAsync(
        ServerSession session,
        SetupPlan plan,
        CancellationToken cancellation
    )
    {
        if (session.Address is not { } address || plan.OpenPorts.IsEmpty)
        {
            return [];
        }

        var open = plan.OpenPorts.Where(p => !p.IsUdp).Select(p => p.Port).ToHashSet();
        var fleet = request.Settings.FleetPorts.GetValueOrDefault(session.Host, []).Select(p => p.Port);
        var ports = open.Concat(plan.Server.ListeningPorts.Except(fleet)).Append(IdlePort).Distinct().Order();
        return
        [
            .. await Task.WhenAll(
                ports.Select(async p => new PortFinding(
                    p,
                    await services.Ports.ProbeAsync(address, p, request.ProbeLimit, cancellation),
                    open.Contains(p)
                ))
            ),
        ];
    }

    private static async Task DoneOnAllAsync(List<ServerRun> runs, Func<ServerRun, Task> work)
    {
        var tasks = runs.Select(work).ToList();
        var failures = await FailuresAsync(tasks);
        if (failures.Count > 0)
        {
            var done = runs.Where((_, at) => tasks[at].IsCompletedSuccessfully).Select(r => r.Plan.Server.Host);
            throw new SetupFailedException(failures, [.. done]);
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
        public async ValueTask DisposeAsync()
        {
            foreach (var session in sessions)
            {
                await session.DisposeAsync();
            }
        }
    }
}

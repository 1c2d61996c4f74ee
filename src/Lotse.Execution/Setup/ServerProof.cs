using System.Collections.Immutable;
using Lotse.Planning.Setup;

namespace Lotse.Execution.Setup;

/// <summary>Proves a server that was set up, by its own facts and by its ports as they answer from here.</summary>
internal sealed class ServerProof(SetupServices services, SetupRequest request)
{
    /// <summary>A port that nothing listens on usually: it must be as silent as all others.</summary>
    private const int IdlePort = 9;

    /// <summary>Whether all that was done has taken, and how the ports answer from here.</summary>
    public async Task<ServerReport> ProveAsync(ServerRun run, SetupPlan after, CancellationToken cancellation)
    {
        foreach (var problem in after.Problems)
        {
            throw run.Session.Failure("look at the server again", problem.Fact, problem.Cure);
        }

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
        notices.AddRange(
            ports
                .Where(p => p.IsDenied)
                .Select(p =>
                    $"port {p.Port} is refused from here and not silent: another firewall answers for the server"
                )
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
        var fleet = plan.FleetPorts.Select(p => p.Port);
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
}

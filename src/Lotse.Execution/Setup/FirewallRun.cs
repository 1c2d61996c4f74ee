using System.Globalization;
using Lotse.Execution.Ports;
using Lotse.Planning.Setup;

namespace Lotse.Execution.Setup;

/// <summary>
/// Puts firewall rules in force on a server and proves them: a port that a container publishes answers from here before
/// and is
/// silent after. The server takes the rules back by itself unless they are confirmed over a new connection.
/// </summary>
/// <param name="services">The world.</param>
/// <param name="request">What is asked for.</param>
/// <param name="session">The server.</param>
/// <param name="wasThere">Whether earlier rules of ours are in force: then a port is silent before as well.</param>
internal sealed class FirewallRun(SetupServices services, SetupRequest request, ServerSession session, bool wasThere)
{
    private static readonly TimeSpan Quick = TimeSpan.FromMinutes(2);
    private readonly string token = services.Ids.Next();

    /// <summary>Does it, and returns what a person should know.</summary>
    public async Task<IReadOnlyList<string>> ApplyAsync(SetupStep step, CancellationToken cancellation)
    {
        var canary = session.Address is null ? null : await StartCanaryAsync(cancellation);
        try
        {
            var before = await ProbeAsync(canary, cancellation);
            await LoadAsync(step, cancellation);
            await ConfirmAsync(step.Fragment!.Name, cancellation);
            return Judge(canary, before, await ProbeAsync(canary, cancellation));
        }
        finally
        {
            // Also when interrupted: the canary would publish a port for a while.
            if (canary is not null)
            {
                await session.RunAsync(
                    "remove the probe",
                    FirewallScripts.StopCanary(token),
                    "",
                    Quick,
                    CancellationToken.None
                );
            }
        }
    }

    private async Task LoadAsync(SetupStep step, CancellationToken cancellation) =>
        await session.RunAsync(
            "load the firewall's rules",
            FirewallScripts.Apply(step.Script, step.Fragment!, token, request.ConfirmLimit),
            "The server's kernel must have nftables, which containers of some providers do not: set "
                + "`setup: {firewall: false}` there.",
            Quick,
            cancellation
        );

    private async Task ConfirmAsync(string name, CancellationToken cancellation)
    {
        try
        {
            await using var fresh = await session.ReconnectAsync(null, cancellation);
            await fresh.RunAsync(
                "keep the firewall's rules",
                FirewallScripts.Confirm(name, token),
                "",
                Quick,
                cancellation
            );
        }
        catch (HostException lockedOut) when (lockedOut.Failure != HostFailure.Setup)
        {
            throw session.Failure(
                "keep the firewall's rules",
                $"with them, no new connection is possible: {lockedOut.Evidence}",
                $"The server takes them back by itself after {request.ConfirmLimit.TotalSeconds:0} s. Is SSH forwarded "
                    + "from another port? Open that one by `setup: {open_ports: [...]}`."
            );
        }
    }

    private async Task<int?> StartCanaryAsync(CancellationToken cancellation)
    {
        try
        {
            var printed = await session.RunAsync(
                "publish a port to probe",
                FirewallScripts.StartCanary(token),
                "",
                Quick,
                cancellation
            );
            return int.TryParse(printed.Trim(), CultureInfo.InvariantCulture, out var port) ? port : null;
        }
        catch (HostException failed) when (failed.Failure == HostFailure.Setup)
        {
            // The proof is less complete without; the firewall is not the worse for it.
            session.Say($"no container could be started to probe the firewall with: {failed.Evidence}", isDone: false);
            return null;
        }
    }

    private async Task<PortAnswer?> ProbeAsync(int? canary, CancellationToken cancellation) =>
        canary is { } port
            ? await services.Ports.ProbeAsync(session.Address!, port, request.ProbeLimit, cancellation)
            : null;

    private List<string> Judge(int? canary, PortAnswer? before, PortAnswer? after)
    {
        if (after is not null and not PortAnswer.Silent)
        {
            throw session.Failure(
                "prove the firewall",
                $"port {canary}, which a container publishes, still answers from here",
                "Look at `nft list ruleset` on the server."
            );
        }

        return (canary, before) switch
        {
            (null, _) => ["the firewall could not be proved with a container's port from here"],
            (_, PortAnswer.Silent) when !wasThere =>
            [
                "a container's port was silent from here before the firewall was there: another one stands between, so "
                    + "this one is not proved from here",
            ],
            _ => [],
        };
    }
}

using Lotse.Configuration;
using Lotse.Execution.Leases;
using Lotse.Execution.Ports;

namespace Lotse.Execution.Deployments;

public sealed partial class Deployment
{
    /// <summary>What is wrong with the hosts that were reached, when others were not: a person is to mend all of it at once.</summary>
    private async Task<HostProblems> FindMoreAsync(IReadOnlyList<IHost> reached, CancellationToken cancellation)
    {
        var observer = new Observer(config, services.Machine, services.Time);
        var (sight, failures) = await observer.TryObserveAsync(reached, cancellation);
        var usable = reached.Where(h => sight.Records.ContainsKey(h.Name)).ToList();
        if (usable.Count == 0)
        {
            return new HostProblems(failures, []);
        }

        var all = config;
        (config, fleet) = (GeneratedSecrets.WithPlaceholders(Only(all, usable)), sight.Fleet);
        try
        {
            leasesSeen = JudgeLeases(usable, sight);
            var checks = new PreflightChecks(config, services);
            return new HostProblems(
                failures,
                await checks.FindAsync(usable, fleet, leasesSeen, PlanFor(null), cancellation)
            );
        }
        finally
        {
            config = all;
        }
    }

    private static DeployConfig Only(DeployConfig config, IReadOnlyList<IHost> hosts)
    {
        bool IsLeftOut(HostConfig host) => !hosts.Any(h => h.Name == host.Name);
        return config with
        {
            Roles = [.. config.Roles.Select(r => r with { Hosts = r.Hosts.RemoveAll(IsLeftOut) })],
            Accessories = [.. config.Accessories.Select(a => a with { Hosts = a.Hosts.RemoveAll(IsLeftOut) })],
        };
    }
}

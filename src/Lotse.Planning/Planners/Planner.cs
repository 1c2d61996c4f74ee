using Lotse.Configuration;
using Lotse.Planning.Containers;
using Lotse.Planning.Observed;
using Lotse.Planning.Steps;

namespace Lotse.Planning.Planners;

/// <summary>Makes a plan from the configuration, what the hosts report, and the release. Pure: the same input gives the same plan.</summary>
public static class Planner
{
    /// <summary>The steps from what is there to the release.</summary>
    public static Plan Plan(PlanRequest request)
    {
        var steps = new PlanSteps();
        var serving = new List<string?>();
        foreach (var host in request.Config.AllHosts)
        {
            PlanInfrastructure(request, host, steps);
            MigrationPlanner.PlanLeftovers(request, host.Name, steps);
            foreach (var role in RolesOf(request.Config, host))
            {
                var planner = new RolePlanner(request, role, host, steps);
                planner.Plan();
                serving.Add(planner.Active?.Version);
            }

            PlanOrphans(request, host, steps);
        }

        MigrationPlanner.Plan(request, steps);
        Pruning.AddImages(request.Config, request.Fleet, [request.Release.ImageName], steps);
        return new Plan
        {
            Release = request.Release,
            From = serving.FirstOrDefault(version => version is not null),
            IsMixed = serving.Distinct().Count() > 1,
            IsRollback = request.IsRollback,
            Steps = steps.ToPhases(),
            Notes = [.. steps.Notes],
        };
    }

    /// <summary>A host's roles, the primary one first.</summary>
    private static IEnumerable<RoleConfig> RolesOf(DeployConfig config, HostConfig host) =>
        config
            .Roles.Where(r => r.Hosts.Any(h => h.Name == host.Name))
            .OrderByDescending(r => r.Name == config.PrimaryRole);

    private static void PlanInfrastructure(PlanRequest request, HostConfig host, PlanSteps steps)
    {
        var observed = request.Fleet[host.Name];
        if (!observed.HasNetwork)
        {
            steps.Add(PlanPhase.Prepare, new EnsureNetwork(host.Name, request.Machine.Network));
        }

        if (request.Config.ProxyHosts.Any(h => h.Name == host.Name))
        {
            PlanProxy(request, observed, steps);
        }

        AccessoryPlanner.Plan(request, observed, steps);
    }

    private static void PlanProxy(PlanRequest request, ObservedHost host, PlanSteps steps)
    {
        var spec = ContainerSpecs.ForProxy(request);
        var container = host.Proxy?.Container;
        var isSame = container?.Fingerprint == spec.Fingerprint && container.Image == spec.Image;
        var isCutShort = host.Proxy?.MakingWay is not null;
        if (container is { IsRunning: true } && isSame && !isCutShort)
        {
            return;
        }

        var reason = (container, isSame) switch
        {
            _ when isCutShort => "its replacement was interrupted",
            (null, _) => "there is none",
            (_, false) when container.Image != spec.Image => "a new version of the proxy",
            (_, false) => "proxy.run changed",
            _ => "it does not run",
        };
        var replaces = container is not null && !isSame;
        steps.Add(PlanPhase.Prepare, new EnsureProxy(host.Host, spec, replaces, reason));
    }

    /// <summary>Containers of roles that this host no longer has.</summary>
    private static void PlanOrphans(PlanRequest request, HostConfig host, PlanSteps steps)
    {
        var config = request.Config;
        var roles = RolesOf(config, host).Select(r => r.Name).ToHashSet();
        var observed = request.Fleet[host.Name];
        foreach (var orphans in observed.Containers.Where(c => !roles.Contains(c.Role)).GroupBy(c => c.Role))
        {
            var service = Names.ProxyService(config.Service, orphans.Key, config.Destination);
            if (observed.Proxy?.Services.Any(s => s.Name == service) == true)
            {
                steps.Add(PlanPhase.Settle, new RemoveRoute(host.Name, service));
            }

            foreach (var orphan in orphans)
            {
                if (orphan.IsRunning)
                {
                    steps.Add(PlanPhase.Settle, new StopContainer(host.Name, orphan.Name, config.DrainTimeout));
                }

                var reason = $"role {orphans.Key} is no longer configured";
                steps.Add(PlanPhase.Settle, new RemoveContainer(host.Name, orphan.Name, reason));
            }
        }
    }
}

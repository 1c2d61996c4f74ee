using System.Collections.Immutable;
using Lotse.Configuration;
using Lotse.Planning.Observed;
using Lotse.Planning.Steps;

namespace Lotse.Planning.Planners;

/// <summary>Plans what can go: never what serves, nor what a rollback goes back to, nor what another destination uses.</summary>
public static class Pruning
{
    /// <summary>The steps that clear one host, for when no deploy is under way.</summary>
    public static ImmutableArray<PlanStep> Plan(DeployConfig config, ObservedHost host)
    {
        var steps = new PlanSteps();
        foreach (var role in host.Containers.Select(c => c.Role).Distinct())
        {
            var service = Names.ProxyService(config.Service, role, config.Destination);
            var isProxied = config.Roles.FirstOrDefault(r => r.Name == role)?.Proxy is not null;
            var state = new RoleState(host, role, isProxied ? service : null);
            PlanRole(config, host.Host, state, steps);
        }

        foreach (var left in host.Migrations.Where(m => !m.IsRunning))
        {
            steps.Add(PlanPhase.Settle, new RemoveContainer(host.Host, left.Name, "its deploy is over"));
        }

        AddImages(config, new ObservedFleet { Hosts = [host] }, [], steps);
        return [.. steps.All];
    }

    /// <summary>Images that no container needs once the plan is carried out.</summary>
    internal static void AddImages(
        DeployConfig config,
        ObservedFleet fleet,
        IReadOnlyCollection<string> needed,
        PlanSteps steps
    )
    {
        var removed = steps.All.OfType<RemoveContainer>().Select(r => (r.Host, r.Container)).ToHashSet();
        foreach (var host in fleet.Hosts)
        {
            var keep = host
                .Containers.Where(c => !removed.Contains((host.Host, steps.NameNow(host.Host, c.Name))))
                .Select(c => c.Image)
                .Concat(host.ImagesOfOthers)
                .Concat(needed);
            var surplus = host.Images.Except(keep).Order(StringComparer.Ordinal).ToImmutableArray();
            if (!surplus.IsEmpty)
            {
                steps.Add(PlanPhase.Settle, new PruneImages(host.Host, config.Image, surplus));
            }
        }
    }

    private static void PlanRole(DeployConfig config, string host, RoleState state, PlanSteps steps)
    {
        foreach (var left in state.Leftovers)
        {
            steps.Add(PlanPhase.Settle, new RemoveContainer(host, left.Name, "it never served"));
        }

        var stopped = state.Superseded.Where(c => !c.IsRunning);
        foreach (var surplus in Retention.Surplus(stopped, config.RetainContainers))
        {
            steps.Add(PlanPhase.Settle, new RemoveContainer(host, surplus.Name, "beyond retain_containers"));
        }
    }
}

using Lotse.Configuration;
using Lotse.Planning.Containers;
using Lotse.Planning.Observed;
using Lotse.Planning.Steps;

namespace Lotse.Planning.Planners;

/// <summary>
/// Plans for accessories. Data hangs on them: a deploy starts those that are missing, and neither replaces nor removes one by itself. It says what a person may
/// want to do.
/// </summary>
public static class AccessoryPlanner
{
    /// <summary>The replacement of an accessory's container on a host by one that is made from the configuration.</summary>
    public static EnsureAccessory Replacement(DeployConfig config, ObservedHost host, AccessoryConfig accessory)
    {
        var spec = ContainerSpecs.ForAccessory(config, accessory, host);
        var isThere = host.Accessories.Any(c => c.Name == spec.Name || c.Name == Names.Replaced(spec.Name));
        return new EnsureAccessory(
            host.Host,
            accessory.Name,
            spec,
            isThere ? AccessoryWork.Replace : AccessoryWork.Create
        )
        {
            Probation = config.ReadinessDelay,
        };
    }

    internal static void Plan(PlanRequest request, ObservedHost host, PlanSteps steps)
    {
        var configured = request.Config.Accessories.Where(a => a.Hosts.Any(h => h.Name == host.Host)).ToList();
        foreach (var accessory in configured)
        {
            Plan(request.Config, host, accessory, steps);
        }

        var names = configured.Select(a => a.Name).ToHashSet();
        foreach (var orphan in host.Accessories.Where(c => !names.Contains(c.Role)))
        {
            var life = orphan.IsRunning ? "still runs" : "is still there";
            steps.Notes.Add(
                $"[{host.Host}] accessory {orphan.Role} is not configured there any more, and its container {orphan.Name} {life}; a deploy does not remove it: `./build.sh AccessoryRemove --accessory {orphan.Role} --on-host {host.Host}`"
            );
        }
    }

    private static void Plan(DeployConfig config, ObservedHost host, AccessoryConfig accessory, PlanSteps steps)
    {
        var spec = ContainerSpecs.ForAccessory(config, accessory, host);
        var container = host.Accessories.FirstOrDefault(c => c.Name == spec.Name);
        var isHalfReplaced = host.Accessories.Any(c => c.Name == Names.Replaced(spec.Name));
        AccessoryWork? work = container switch
        {
            _ when isHalfReplaced => AccessoryWork.PutRight,
            null => AccessoryWork.Create,
            { IsRunning: false } => AccessoryWork.Start,
            _ => null,
        };
        if (work is { } missing)
        {
            steps.Add(PlanPhase.Prepare, new EnsureAccessory(host.Host, accessory.Name, spec, missing));
        }

        if (container is not null && (container.Fingerprint != spec.Fingerprint || container.Image != spec.Image))
        {
            steps.Notes.Add(
                $"[{host.Host}] accessory {accessory.Name} runs with an older configuration ({container.Image}); a deploy does not replace it: `./build.sh AccessoryReboot --accessory {accessory.Name}`"
            );
        }
    }
}

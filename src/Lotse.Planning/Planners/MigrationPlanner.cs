using Lotse.Configuration;
using Lotse.Planning.Containers;
using Lotse.Planning.Steps;

namespace Lotse.Planning.Planners;

/// <summary>Plans the migration: once per deploy, where the role's first host is to make a container of the new release.</summary>
internal static class MigrationPlanner
{
    public static void Plan(PlanRequest request, PlanSteps steps)
    {
        var config = request.Config;
        var name = config.Migrate?.Role ?? config.PrimaryRole;
        var role = config.Roles.FirstOrDefault(r => r.Name == name);
        if (config.Migrate is not { } migrate || role is not { Hosts: [var host, ..] } || request.IsRollback)
        {
            return;
        }

        // A container that is there already, on any host, was made by a deploy that has migrated: one that had been left out may be catching up.
        var isMade = steps.All.OfType<CreateContainer>().Any(c => c.Host == host.Name && c.Role == role.Name);
        if (isMade && !role.Hosts.Any(h => IsServing(request, role, h)))
        {
            steps.Add(PlanPhase.Migrate, StepFor(request, migrate, role, host));
        }
    }

    private static bool IsServing(PlanRequest request, RoleConfig role, HostConfig host) =>
        Serving.ContainerOf(request.Config, request.Fleet[host.Name], role) is { IsRunning: true } serving
        && serving.Version == request.Release.Version
        && serving.Fingerprint == ContainerSpecs.ForRole(request, role, host).Fingerprint;

    /// <summary>Those of deployers that died in the middle: two migrations at once must not be.</summary>
    public static void PlanLeftovers(PlanRequest request, string host, PlanSteps steps)
    {
        foreach (var left in request.Fleet[host].Migrations)
        {
            const string Reason = "left by a rollout that was interrupted";
            steps.Add(PlanPhase.Prepare, new RemoveContainer(host, left.Name, Reason));
        }
    }

    private static RunMigration StepFor(PlanRequest request, MigrateConfig migrate, RoleConfig role, HostConfig host)
    {
        var spec = OneOffContainers.For(
            new OneOffRequest
            {
                Config = request.Config,
                Role = role,
                Host = host,
                Release = request.Release,
                Command = migrate.Command,
                Purpose = ContainerLabels.Migration,
                Id = request.Rollout,
                Machine = request.Machine,
            }
        );
        return new RunMigration(host.Name, role.Name, migrate.Command, spec, migrate.Timeout);
    }
}

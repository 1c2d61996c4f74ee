using System.Collections.Immutable;
using Lotse.Configuration;
using Lotse.Execution;
using Serilog;

namespace Lotse.Nuke.Deployments;

/// <summary>Hosts that a person leaves out of a run because they are down.</summary>
internal static class SkippedHosts
{
    /// <summary>The configuration without these hosts.</summary>
    /// <exception cref="UserException">One of them is not in it, or nothing is left.</exception>
    public static DeployConfig Leave(DeployConfig config, IReadOnlyList<string> skipped)
    {
        if (skipped.Count == 0)
        {
            return config;
        }

        var names = config.AllHosts.Select(h => h.Name).ToList();
        if (skipped.Except(names).ToList() is { Count: > 0 } unknown)
        {
            throw new UserException(
                $"{string.Join(", ", unknown)}: no such host in the configuration. Its hosts are {string.Join(", ", names)}.",
                "Name hosts as the configuration does: `--skip-host NAME`."
            );
        }

        var left = config with
        {
            Roles = [.. config.Roles.Select(r => r with { Hosts = Without(r.Hosts, skipped) })],
            Accessories = [.. config.Accessories.Select(a => a with { Hosts = Without(a.Hosts, skipped) })],
        };
        if (left.Roles.All(r => r.Hosts.IsEmpty))
        {
            throw new UserException("All hosts are left out: nothing is left to deploy to.", "Leave out fewer.");
        }

        var migrating = config.Migrate is null ? null : config.Migrate.Role ?? config.PrimaryRole;
        if (left.Roles.Any(r => r.Name == migrating && r.Hosts.IsEmpty))
        {
            throw new UserException(
                $"All hosts of role {migrating} are left out, and the migration runs there: the others would get a release whose data is not migrated.",
                "Leave out fewer, or give `migrate: role:` a role that has a host."
            );
        }

        Log.Warning(
            "Left out: {Hosts}. What is there stays as it is; the same command without --skip-host brings it up to date",
            string.Join(", ", skipped)
        );
        return left;
    }

    private static ImmutableArray<HostConfig> Without(
        ImmutableArray<HostConfig> hosts,
        IReadOnlyList<string> skipped
    ) => hosts.RemoveAll(h => skipped.Contains(h.Name));
}

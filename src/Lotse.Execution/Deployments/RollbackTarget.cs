using System.Collections.Immutable;
using Lotse.Configuration;
using Lotse.Planning.Planners;

namespace Lotse.Execution.Deployments;

/// <summary>Chooses the version that a rollback goes to, and makes sure that every host still has it.</summary>
public static class RollbackTarget
{
    /// <summary>The version.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="hosts">What the hosts report.</param>
    /// <param name="asked">The version that was asked for; null for the last good one.</param>
    /// <exception cref="UserException">There is no such release on every host; the message lists those there are.</exception>
    public static string Choose(DeployConfig config, IReadOnlyList<HostStatus> hosts, string? asked)
    {
        var available = hosts.Select(h => AvailableOn(config, h)).Aggregate((all, one) => all.Intersect(one));
        var primary = hosts[0].Observed;
        var current = primary.Containers.FirstOrDefault(c => IsActive(hosts[0], c.ShortId))?.Version;
        var version =
            asked ?? RollbackChoice.Previous([.. primary.History.Where(p => available.Contains(p.Version))], current);
        if (version is not null && available.Contains(version))
        {
            return version;
        }

        var list = available.Where(v => v != current).Order(StringComparer.Ordinal).ToList();
        throw new UserException(
            asked is null
                ? "There is no earlier release to roll back to."
                : $"There is no release '{asked}' to roll back to.",
            list.Count == 0
                ? "Nothing but the present release was ever deployed here: deploy an older commit instead."
                : $"These can be had: {string.Join(", ", list)}. `./build.sh Rollback --to VERSION`"
        );
    }

    private static bool IsActive(HostStatus host, string shortId) =>
        host.Observed.Proxy?.Services.Any(s => s.Active?.StartsWith(shortId, StringComparison.Ordinal) == true) == true;

    /// <summary>Versions whose container is kept, or whose image is.</summary>
    private static ImmutableHashSet<string> AvailableOn(DeployConfig config, HostStatus host) =>
        [
            .. host.Observed.Containers.Select(c => c.Version).Where(v => v.Length > 0),
            .. host.Observed.Images.Select(i => i[(config.Image.Length + 1)..]),
        ];
}

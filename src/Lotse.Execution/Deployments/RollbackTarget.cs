using System.Collections.Immutable;
using Lotse.Configuration;
using Lotse.Planning.Observed;
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
        var running = config.Roles.SelectMany(r => r.Hosts).Select(h => h.Name).ToHashSet();
        // A host that only has accessories knows nothing of releases.
        var fleet = hosts.Select(h => h.Observed).Where(h => running.Contains(h.Host)).ToList();
        var available = fleet.Select(h => AvailableOn(config, h)).Aggregate((all, one) => all.Intersect(one));
        var history = HistoryOf(fleet);
        var current = CurrentOf(config, fleet, history);
        var version = asked ?? RollbackChoice.Previous([.. history.Where(p => available.Contains(p.Version))], current);
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

    /// <summary>The releases that served anywhere, oldest first: a host that was left out of a deploy has not heard of it.</summary>
    private static List<PastRelease> HistoryOf(IEnumerable<ObservedHost> fleet) =>
        [.. fleet.SelectMany(h => h.History).DistinctBy(p => p.Rollout).OrderBy(p => p.At)];

    /// <summary>The release that serves: of several, the one that came last.</summary>
    private static string? CurrentOf(
        DeployConfig config,
        IEnumerable<ObservedHost> fleet,
        IReadOnlyList<PastRelease> history
    )
    {
        var serving = fleet
            .SelectMany(host => config.Roles.Select(role => Serving.ContainerOf(config, host, role)?.Version))
            .OfType<string>()
            .ToHashSet();
        return history.LastOrDefault(p => serving.Contains(p.Version))?.Version ?? serving.FirstOrDefault();
    }

    /// <summary>Versions whose container is kept, or whose image is.</summary>
    private static ImmutableHashSet<string> AvailableOn(DeployConfig config, ObservedHost host) =>
        [
            .. host.Containers.Select(c => c.Version).Where(v => v.Length > 0),
            .. host.Images.Select(i => i[(config.Image.Length + 1)..]),
        ];
}

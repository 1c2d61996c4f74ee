using Lotse.Planning.Observed;

namespace Lotse.Planning.Planners;

/// <summary>Which old containers are kept for a rollback.</summary>
internal static class Retention
{
    /// <summary>
    /// The containers to remove: all but the newest <paramref name="retain"/> that served, and of one version all but the newest.
    /// Failed releases are no part of this: they were removed when they failed, so they never push out a good one.
    /// </summary>
    public static IEnumerable<ObservedContainer> Surplus(IEnumerable<ObservedContainer> old, int retain)
    {
        var versions = new HashSet<string>(StringComparer.Ordinal);
        foreach (var container in old.OrderByDescending(c => c.CreatedAt))
        {
            var isNewestOfItsVersion = versions.Add(container.Version);
            if (!isNewestOfItsVersion || versions.Count > retain)
            {
                yield return container;
            }
        }
    }
}

using Lotse.Planning.Observed;

namespace Lotse.Planning.Planners;

/// <summary>Which release a rollback without a version goes to.</summary>
public static class RollbackChoice
{
    /// <summary>
    /// The last release that served before the current one and was not itself rolled back from. So a second rollback goes further back, and
    /// not to the release that the first one fled from. Null when there is none.
    /// </summary>
    /// <param name="history">The releases that served, oldest first.</param>
    /// <param name="current">The version that serves now; null when none does.</param>
    public static string? Previous(IReadOnlyList<PastRelease> history, string? current)
    {
        var good = new List<string>();
        foreach (var past in history)
        {
            if (past.Kind == PastReleaseKind.RolledBack && good.LastIndexOf(past.Version) is >= 0 and var index)
            {
                good.RemoveRange(index + 1, good.Count - index - 1);
                continue;
            }

            good.Remove(past.Version);
            good.Add(past.Version);
        }

        return good.LastOrDefault(v => v != current);
    }
}

using Lotse.Execution;

namespace Lotse.Nuke.Deployments;

/// <summary>Chooses the destination. Pure.</summary>
internal static class Destinations
{
    private const string Prefix = "Deploy";
    private const string Local = "local";

    /// <summary>
    /// The destination: what the invoked targets name (<c>DeployStaging</c>: staging) and what was given must be one and the same. Where nothing names one it is
    /// <c>local</c>, if there is an overlay of that name: the one that can do no harm to others. Null when there is neither.
    /// </summary>
    /// <param name="targets">The names of the invoked targets.</param>
    /// <param name="given">The parameter's value, from the command line, the environment or a file; null for none.</param>
    /// <param name="hasOverlay">Whether a destination has an overlay.</param>
    /// <exception cref="UserException">Different destinations are named.</exception>
    public static string? Choose(IEnumerable<string> targets, string? given, Func<string, bool> hasOverlay)
    {
        var naming = targets
            .Where(t => t.Length > Prefix.Length && t.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(t => (Target: t, Name: t[Prefix.Length..].ToLowerInvariant()))
            .ToList();
        // A target of the user's own, like DeployDocs, names none; unless nothing else does: then its overlay is missed.
        var known = naming.Where(n => hasOverlay(n.Name)).ToList();
        var named = known.Count > 0 || given is not null ? known : naming;
        if (named.Select(n => n.Name).Distinct().Count() > 1)
        {
            throw new UserException(
                $"{string.Join(" and ", named.Select(n => n.Target).Distinct())} go to different destinations, and one run has one.",
                "Run one after the other."
            );
        }

        if (named is [var (target, name), ..])
        {
            return given is null || given == name
                ? name
                : throw new UserException(
                    $"{target} goes to {name}, and the destination that is given is {given}.",
                    $"Leave out `--destination` and the variable DESTINATION, or use `Deploy --destination {given}`."
                );
        }

        return given ?? (hasOverlay(Local) ? Local : null);
    }
}

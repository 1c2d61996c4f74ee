using Nuke.Common;

namespace Lotse.Nuke.Deployments;

/// <summary>Chooses the destination when none is named.</summary>
internal static class Destinations
{
    private const string Prefix = "Deploy";
    private const string Local = "local";

    /// <summary>
    /// The destination that an invoked target names (<c>DeployStaging</c>: staging), else <c>local</c> where there is an overlay of that name: the one that can
    /// do no harm to others. Null when there is neither.
    /// </summary>
    public static string? Choose(INukeBuild build) =>
        build
            .InvokedTargets.Select(t => t.Name)
            .Where(n => n.Length > Prefix.Length && n.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(n => n[Prefix.Length..].ToLowerInvariant())
            .FirstOrDefault()
        ?? (HasOverlay(build.RootDirectory, Local) ? Local : null);

    private static bool HasOverlay(string root, string destination) =>
        File.Exists(Path.Combine(root, "config", $"deploy.{destination}.yml"));
}

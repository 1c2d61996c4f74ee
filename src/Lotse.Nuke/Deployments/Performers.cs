namespace Lotse.Nuke.Deployments;

/// <summary>Who runs a command, for leases, audit logs and hooks.</summary>
internal static class Performers
{
    /// <summary><c>user@machine</c>; in a job of GitHub Actions the person who started it, since the runner's own user is everybody's.</summary>
    public static string Current(Func<string, string?> variable)
    {
        var user = variable("GITHUB_ACTOR") is { Length: > 0 } actor ? actor : Environment.UserName;
        return $"{user}@{Environment.MachineName}";
    }
}

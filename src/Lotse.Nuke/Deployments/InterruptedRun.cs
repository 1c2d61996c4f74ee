using Lotse.Execution;

namespace Lotse.Nuke.Deployments;

/// <summary>What a person is told whose run ended by Ctrl-C or a cancelled job, outside of what a rollout takes back and reports itself.</summary>
internal static class InterruptedRun
{
    /// <summary>What shells give a program that SIGINT ended: 128 + 2.</summary>
    public const int ExitCode = 130;

    /// <summary>What is known to be so, and no more.</summary>
    /// <param name="isDeploy">Whether it was a deploy or rollback that had looked at its hosts.</param>
    /// <param name="serving">The version that the traffic was moved to; null when it was not moved.</param>
    public static UserException Explain(bool isDeploy, string? serving) =>
        (isDeploy, serving) switch
        {
            (_, { } version) => new(
                $"Interrupted after the switch: {version} serves, but not all of the release before it may be cleared away.",
                "The next deploy clears up."
            ),
            (true, null) => new(
                "Interrupted before the switch: what served before serves on.",
                "Run the same command again when you like: it clears up what this one may have left."
            ),
            _ => new("Interrupted.", "Run the same command again when you like."),
        };
}

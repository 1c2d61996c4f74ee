using Lotse.Planning.Steps;

namespace Lotse.Execution.Rollouts;

/// <summary>A rollout failed and was taken back: on which host, why, and what serves now.</summary>
public sealed class RolloutFailedException(
    IReadOnlyList<(PlanStep Step, Exception Failure)> failures,
    Exception? reason,
    Aftermath aftermath
) : Exception(Compose(failures, reason, aftermath), reason ?? failures.Select(f => f.Failure).FirstOrDefault())
{
    /// <summary>The steps that failed.</summary>
    public IReadOnlyList<(PlanStep Step, Exception Failure)> Failures { get; } = failures;

    /// <summary>What is known of the hosts now.</summary>
    public Aftermath Aftermath { get; } = aftermath;

    /// <summary>The hosts on which not all could be taken back.</summary>
    public IReadOnlyCollection<string> LeftOn { get; } =
    [.. aftermath.Hosts.Where(h => h.Left.Length > 0).Select(h => h.Host)];

    private static string Compose(
        IReadOnlyList<(PlanStep Step, Exception Failure)> failures,
        Exception? reason,
        Aftermath aftermath
    )
    {
        var version = aftermath.Plan.Release.Version;
        string[] lines =
        [
            aftermath.Plan.IsRollback ? $"Not rolled back to {version}." : $"{version} was not deployed.",
            .. reason is null ? [] : new[] { reason.Message },
            .. failures.Select(f => f.Failure.Message),
            .. aftermath.Describe(),
        ];
        return string.Join('\n', lines);
    }
}

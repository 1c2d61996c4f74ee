using Lotse.Planning;
using Lotse.Planning.Steps;

namespace Lotse.Execution.Rollouts;

/// <summary>A rollout failed and was taken back: on which host, why, and what serves now.</summary>
public sealed class RolloutFailedException(
    Plan plan,
    IReadOnlyList<(PlanStep Step, Exception Failure)> failures,
    Exception? reason,
    IReadOnlyList<string> left
) : Exception(Compose(plan, failures, reason, left), reason ?? failures.Select(f => f.Failure).FirstOrDefault())
{
    /// <summary>The steps that failed.</summary>
    public IReadOnlyList<(PlanStep Step, Exception Failure)> Failures { get; } = failures;

    private static string Compose(
        Plan plan,
        IReadOnlyList<(PlanStep Step, Exception Failure)> failures,
        Exception? reason,
        IReadOnlyList<string> left
    )
    {
        var serving = plan.From is null
            ? "Nothing served before, and nothing serves now."
            : $"{plan.From} serves on, on every host; no request was dropped.";
        string[] lines =
        [
            $"{plan.Release.Version} was not deployed.",
            .. reason is null ? [] : new[] { reason.Message },
            .. failures.Select(f => f.Failure.Message),
            .. left.Count == 0 ? ["What was started is removed."] : left.Append("The next run clears up what is left."),
            serving,
        ];
        return string.Join('\n', lines);
    }
}

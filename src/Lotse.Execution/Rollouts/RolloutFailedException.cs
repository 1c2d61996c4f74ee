using Lotse.Planning;
using Lotse.Planning.Steps;

namespace Lotse.Execution.Rollouts;

/// <summary>A rollout failed and was taken back: on which host, why, and what serves now.</summary>
public sealed class RolloutFailedException(
    Plan plan,
    IReadOnlyList<(PlanStep Step, Exception Failure)> failures,
    Exception? reason,
    IReadOnlyList<(string Host, string Text)> left,
    bool wasSwitched = false
)
    : Exception(
        Compose(plan, failures, reason, left, wasSwitched),
        reason ?? failures.Select(f => f.Failure).FirstOrDefault()
    )
{
    /// <summary>The steps that failed.</summary>
    public IReadOnlyList<(PlanStep Step, Exception Failure)> Failures { get; } = failures;

    /// <summary>The hosts on which not all could be taken back.</summary>
    public IReadOnlyCollection<string> LeftOn { get; } = [.. left.Select(l => l.Host).Distinct()];

    private static string Compose(
        Plan plan,
        IReadOnlyList<(PlanStep Step, Exception Failure)> failures,
        Exception? reason,
        IReadOnlyList<(string Host, string Text)> left,
        bool wasSwitched
    )
    {
        string[] lines =
        [
            $"{plan.Release.Version} was not deployed.",
            .. reason is null ? [] : new[] { reason.Message },
            .. failures.Select(f => f.Failure.Message),
            .. left.Count == 0 ? ["What was started is removed."] : left.Select(l => l.Text),
            Serving(plan, wasSwitched, [.. left.Select(l => l.Host).Distinct().Order(StringComparer.Ordinal)]),
        ];
        return string.Join('\n', lines);
    }

    /// <summary>What serves now, and no more than is known: a host on which not all could be taken back is named.</summary>
    private static string Serving(Plan plan, bool wasSwitched, List<string> unsure)
    {
        if (plan.From is null)
        {
            return "Nothing served before, and nothing serves now.";
        }

        var serving = wasSwitched
            ? $"{plan.From} serves again, on every host."
            : $"{plan.From} serves on, on every host; no request was dropped.";
        if (unsure.Count > 0 && HostsOf(plan).All(unsure.Contains))
        {
            return "What serves now is not known: on no host could all be taken back. Status shows it; the next deploy clears up what is left.";
        }

        return unsure.Count == 0
            ? serving
            : $"{plan.From} serves on, on every other host than {string.Join(", ", unsure)}: not all could be taken back there. "
                + "Status shows what serves; the next deploy clears up what is left.";
    }

    private static IEnumerable<string> HostsOf(Plan plan) =>
        plan.Steps.Values.SelectMany(steps => steps.Select(s => s.Host)).Distinct();
}

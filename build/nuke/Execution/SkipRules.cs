using Nuke.Common.Parameters;
using Serilog;

namespace Nuke.Common.Execution;

/// <summary>Decides which targets of a plan are left out, with the reason for the summary.</summary>
internal sealed class SkipRules(IReadOnlyCollection<ExecutableTarget> plan)
{
    private readonly HashSet<ExecutableTarget> conditionFailed = [];

    /// <summary>Leaves out what <c>--skip</c> names; without names everything that was not asked for.</summary>
    public void SkipByName(string[]? names)
    {
        if (names == null)
            return;

        var bare = names.Select(CommandLine.WithoutDashes).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var target in plan.Where(x => bare.Count == 0 || bare.Contains(x.Name)))
            Skip(target, "via parameter");
    }

    /// <summary>Leaves out the targets whose static conditions do not hold.</summary>
    public void SkipByStaticConditions()
    {
        foreach (var target in plan)
            Check(target, target.Definition.StaticConditions);
    }

    /// <summary>Whether a target whose turn it is must be left out.</summary>
    public bool IsSkipped(ExecutableTarget target)
    {
        if (target.Status == ExecutionStatus.Skipped)
            return true;

        Check(target, target.Definition.DynamicConditions);
        return conditionFailed.Contains(target);
    }

    private void Check(ExecutableTarget target, List<Condition> conditions)
    {
        if (target.Status != ExecutionStatus.Scheduled)
            return;

        var failed = conditions.Where(x => !IsMet(x, target)).Select(x => x.Text).ToList();
        if (failed.Count == 0)
            return;

        conditionFailed.Add(target);
        target.SummaryInformation["OnlyWhen"] = string.Join(" && ", failed);
        Skip(target, reason: null);
    }

    private static bool IsMet(Condition condition, ExecutableTarget target)
    {
        try
        {
            return condition.IsMet();
        }
        catch (Exception exception)
        {
            Log.Error(exception, "The condition '{Condition}' of {Target} failed", condition.Text, target.Name);
            throw new TargetFailedException(exception);
        }
    }

    private void Skip(ExecutableTarget target, string? reason)
    {
        if (target.Status != ExecutionStatus.Scheduled)
            return;

        // What was asked for by name is left out by its own conditions alone, when its turn comes.
        if (!target.Invoked)
        {
            target.Status = ExecutionStatus.Skipped;
            if (reason != null)
                target.SummaryInformation.TryAdd("Skipped", reason);
        }

        if (target.Definition.WhenSkippedBehavior == DependencyBehavior.Execute)
            return;

        foreach (
            var other in target.ExecutionDependencies.Concat(target.Triggers).Where(x => !IsNeededBesides(x, target))
        )
            Skip(other, $"because of {target.Name}");
    }

    private bool IsNeededBesides(ExecutableTarget target, ExecutableTarget skipped) =>
        plan.Any(x =>
            x != skipped
            && x.Status == ExecutionStatus.Scheduled
            && (x.ExecutionDependencies.Contains(target) || x.Triggers.Contains(target))
        );
}

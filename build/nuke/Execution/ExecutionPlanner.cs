using Nuke.Common.Parameters;

namespace Nuke.Common.Execution;

/// <summary>Chooses the targets of a run and their order.</summary>
internal static class ExecutionPlanner
{
    /// <summary>The invoked targets, all they need and all they trigger, each after what must come before it.</summary>
    /// <param name="targets">All targets of the build.</param>
    /// <param name="names">The names asked for; null takes the default targets.</param>
    /// <exception cref="BuildException">A name is unknown, or targets depend on each other in a circle.</exception>
    public static IReadOnlyList<ExecutableTarget> Plan(IReadOnlyList<ExecutableTarget> targets, string[]? names)
    {
        var roots = names == null ? targets.Where(x => x.IsDefault).ToList() : [.. names.Select(x => Find(x, targets))];
        if (names != null)
            roots.ForEach(x => x.Invoked = true);

        RefuseCycles(targets);
        var chosen = Closure(roots);
        return [.. InOrder(chosen).Where(chosen.Contains)];
    }

    private static ExecutableTarget Find(string name, IReadOnlyList<ExecutableTarget> targets)
    {
        var bare = CommandLine.WithoutDashes(name);
        return targets.FirstOrDefault(x => x.Name.Equals(bare, StringComparison.OrdinalIgnoreCase))
            ?? throw new BuildException(
                $"Target with name '{bare}' does not exist. Available targets are:\n"
                    + string.Join('\n', targets.Select(x => $"  - {x.Name}").Order(StringComparer.Ordinal))
            );
    }

    // In order of discovery: what was asked for, what it needs, what that triggers.
    private static List<ExecutableTarget> Closure(List<ExecutableTarget> roots)
    {
        var chosen = roots.Distinct().ToList();
        for (var index = 0; index < chosen.Count; index++)
        {
            var related = chosen[index].ExecutionDependencies.Concat(chosen[index].Triggers);
            chosen.AddRange(related.Except(chosen).ToList());
        }

        return chosen;
    }

    // Depth first through every relation, also over targets that do not run: they may order two that do.
    private static List<ExecutableTarget> InOrder(IEnumerable<ExecutableTarget> roots)
    {
        var seen = new HashSet<ExecutableTarget>();
        var result = new List<ExecutableTarget>();
        foreach (var root in roots)
            Visit(root);
        return result;

        void Visit(ExecutableTarget target)
        {
            if (!seen.Add(target))
                return;
            foreach (var dependency in target.AllDependencies)
                Visit(dependency);
            result.Add(target);
        }
    }

    private static void RefuseCycles(IReadOnlyList<ExecutableTarget> targets)
    {
        var finished = new HashSet<ExecutableTarget>();
        var path = new List<ExecutableTarget>();
        foreach (var target in targets)
            Visit(target);

        void Visit(ExecutableTarget target)
        {
            var start = path.IndexOf(target);
            if (start >= 0)
            {
                var names = path.Skip(start).Append(target).Select(x => x.Name);
                throw new BuildException($"Circular dependencies between targets:\n - {string.Join(" -> ", names)}");
            }

            if (finished.Contains(target))
                return;

            path.Add(target);
            foreach (var dependency in target.AllDependencies)
                Visit(dependency);
            path.RemoveAt(path.Count - 1);
            finished.Add(target);
        }
    }
}

using System.Linq.Expressions;
using System.Reflection;
using Nuke.Common.Parameters;

namespace Nuke.Common.Execution;

/// <summary>Makes the targets of a build and ties them together.</summary>
internal static class TargetGraph
{
    /// <summary>All targets of a build in the order of their declaration.</summary>
    /// <exception cref="BuildException">A target refers to itself or to no target of the build.</exception>
    public static IReadOnlyList<ExecutableTarget> Create<T>(T build, Expression<Func<T, Target>>[] defaults)
        where T : INukeBuild
    {
        var defaultTargets = defaults.Select(x => ((PropertyInfo)ValueInjection.MemberOf(x)).GetValue(build)).ToList();
        var targets = TargetProperties.AllOf(build).Select(x => CreateOne(x, build, defaultTargets)).ToList();
        foreach (var target in targets)
            Connect(target, targets);

        return targets;
    }

    private static ExecutableTarget CreateOne(PropertyInfo property, INukeBuild build, List<object?> defaults)
    {
        var factory = (Target)property.GetValue(build)!;
        var definition = new TargetDefinition(build, property.Name, TargetProperties.OverriddenBy(property, build));
        factory(definition);
        return new(property.Name, factory, definition) { IsDefault = defaults.Contains(factory) };
    }

    private static void Connect(ExecutableTarget target, List<ExecutableTarget> all)
    {
        var definition = target.Definition;
        foreach (var other in Find(definition.DependsOnTargets))
            Link(target.ExecutionDependencies, other);
        foreach (var other in Find(definition.DependentForTargets))
            Link(other.ExecutionDependencies, target);
        foreach (var other in Find(definition.AfterTargets))
            Link(target.OrderDependencies, other);
        foreach (var other in Find(definition.BeforeTargets))
            Link(other.OrderDependencies, target);
        foreach (var other in Find(definition.TriggersTargets))
            LinkTrigger(target, other);
        foreach (var other in Find(definition.TriggeredByTargets))
            LinkTrigger(other, target);

        IEnumerable<ExecutableTarget> Find(List<Target> factories) => factories.Select(FindOne);

        ExecutableTarget FindOne(Target factory) =>
            all.Find(x => x.Factory == factory) switch
            {
                null => throw new BuildException(
                    $"Target '{target.Name}' refers to something that is no target of the build"
                ),
                var other when other == target => throw new BuildException(
                    $"Target '{target.Name}' cannot have a dependency on itself"
                ),
                var other => other,
            };
    }

    private static void LinkTrigger(ExecutableTarget trigger, ExecutableTarget triggered)
    {
        Link(trigger.Triggers, triggered);
        Link(triggered.TriggerDependencies, trigger);
    }

    private static void Link(List<ExecutableTarget> list, ExecutableTarget target)
    {
        if (!list.Contains(target))
            list.Add(target);
    }
}

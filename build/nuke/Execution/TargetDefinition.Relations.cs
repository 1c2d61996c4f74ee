using System.Linq.Expressions;
using System.Reflection;
using Nuke.Common.Parameters;

namespace Nuke.Common.Execution;

/// <content>How a target stands to other targets, and what it takes over from them.</content>
internal sealed partial class TargetDefinition
{
    public List<Target> DependsOnTargets { get; } = [];

    public List<Target> DependentForTargets { get; } = [];

    public List<Target> BeforeTargets { get; } = [];

    public List<Target> AfterTargets { get; } = [];

    public List<Target> TriggersTargets { get; } = [];

    public List<Target> TriggeredByTargets { get; } = [];

    public ITargetDefinition DependsOn(params Target[] targets) => Add(DependsOnTargets, targets);

    public ITargetDefinition DependsOn<T>(params Func<T, Target>[] targets) => DependsOn(Of(targets));

    public ITargetDefinition TryDependsOn<T>(params Func<T, Target>[] targets) =>
        build is T ? DependsOn(targets) : this;

    public ITargetDefinition DependentFor(params Target[] targets) => Add(DependentForTargets, targets);

    public ITargetDefinition DependentFor<T>(params Func<T, Target>[] targets) => DependentFor(Of(targets));

    public ITargetDefinition TryDependentFor<T>(params Func<T, Target>[] targets) =>
        build is T ? DependentFor(targets) : this;

    public ITargetDefinition Before(params Target[] targets) => Add(BeforeTargets, targets);

    public ITargetDefinition Before<T>(params Func<T, Target>[] targets) => Before(Of(targets));

    public ITargetDefinition TryBefore<T>(params Func<T, Target>[] targets) => build is T ? Before(targets) : this;

    public ITargetDefinition After(params Target[] targets) => Add(AfterTargets, targets);

    public ITargetDefinition After<T>(params Func<T, Target>[] targets) => After(Of(targets));

    public ITargetDefinition TryAfter<T>(params Func<T, Target>[] targets) => build is T ? After(targets) : this;

    public ITargetDefinition Triggers(params Target[] targets) => Add(TriggersTargets, targets);

    public ITargetDefinition Triggers<T>(params Func<T, Target>[] targets) => Triggers(Of(targets));

    public ITargetDefinition TryTriggers<T>(params Func<T, Target>[] targets) => build is T ? Triggers(targets) : this;

    public ITargetDefinition TriggeredBy(params Target[] targets) => Add(TriggeredByTargets, targets);

    public ITargetDefinition TriggeredBy<T>(params Func<T, Target>[] targets) => TriggeredBy(Of(targets));

    public ITargetDefinition TryTriggeredBy<T>(params Func<T, Target>[] targets) =>
        build is T ? TriggeredBy(targets) : this;

    public ITargetDefinition Inherit(params Target[] targets)
    {
        foreach (var target in targets)
            target(this);
        return this;
    }

    public ITargetDefinition Inherit<T>(params Expression<Func<T, Target>>[] targets)
    {
        var properties =
            targets.Length > 0 ? targets.Select(x => (PropertyInfo)ValueInjection.MemberOf(x)) : [Only<T>()];
        return Inherit([.. properties.Select(x => TargetProperties.ReadDeclared(x, build))]);
    }

    public ITargetDefinition Base() =>
        overridden.TryPop(out var target)
            ? Inherit(target)
            : throw new BuildException(
                $"Target '{name}' overrides no target of a base class. To add to that of a component, use Inherit<T>()."
            );

    private TargetDefinition Add(List<Target> list, Target[] targets)
    {
        list.AddRange(targets);
        return this;
    }

    private Target[] Of<T>(Func<T, Target>[] targets)
    {
        if (build is not T component)
            throw new BuildException($"Target '{name}' needs the build to be a '{typeof(T).Name}'");

        return targets.Length > 0
            ? [.. targets.Select(target => target(component))]
            : [(Target)Only<T>().GetValue(build)!];
    }

    private PropertyInfo Only<T>()
    {
        var properties = TargetProperties.DeclaredBy(typeof(T)).ToList();
        if (properties.Count == 1)
            return properties[0];

        var found = properties.Count == 0 ? "none" : string.Join(", ", properties.Select(x => x.Name));
        throw new BuildException(
            $"Target '{name}' names the component '{typeof(T).Name}' without saying which target. It has: {found}"
        );
    }
}

using System.Linq.Expressions;
using System.Runtime.CompilerServices;

namespace Nuke.Common;

/// <summary>
/// What a target is: its actions, its place among the other targets and the conditions it runs under.
/// Every member returns the definition itself. A member with a type argument <c>T</c> names targets of the component
/// <c>T</c>: without arguments the only target that <c>T</c> has; its <c>Try</c> twin does nothing where the build is
/// not a <c>T</c>.
/// </summary>
public interface ITargetDefinition
{
    /// <summary>Says in a sentence what the target does, for <c>--help</c>.</summary>
    ITargetDefinition Description(string description);

    /// <summary>Adds actions, run in order.</summary>
    ITargetDefinition Executes(params Action[] actions);

    /// <summary>Adds an action whose result is not used.</summary>
    ITargetDefinition Executes<T>(Func<T> action);

    /// <summary>Adds an asynchronous action; the target ends when its task ends.</summary>
    ITargetDefinition Executes(Func<Task> action);

    /// <summary>Targets that run before this one, because this one needs them.</summary>
    ITargetDefinition DependsOn(params Target[] targets);

    /// <inheritdoc cref="DependsOn(Target[])" />
    ITargetDefinition DependsOn<T>(params Func<T, Target>[] targets);

    /// <inheritdoc cref="DependsOn(Target[])" />
    ITargetDefinition TryDependsOn<T>(params Func<T, Target>[] targets);

    /// <summary>Targets that need this one: the mirror of <see cref="DependsOn(Target[])" />.</summary>
    ITargetDefinition DependentFor(params Target[] targets);

    /// <inheritdoc cref="DependentFor(Target[])" />
    ITargetDefinition DependentFor<T>(params Func<T, Target>[] targets);

    /// <inheritdoc cref="DependentFor(Target[])" />
    ITargetDefinition TryDependentFor<T>(params Func<T, Target>[] targets);

    /// <summary>Runs before these targets where both are scheduled.</summary>
    ITargetDefinition Before(params Target[] targets);

    /// <inheritdoc cref="Before(Target[])" />
    ITargetDefinition Before<T>(params Func<T, Target>[] targets);

    /// <inheritdoc cref="Before(Target[])" />
    ITargetDefinition TryBefore<T>(params Func<T, Target>[] targets);

    /// <summary>Runs after these targets where both are scheduled.</summary>
    ITargetDefinition After(params Target[] targets);

    /// <inheritdoc cref="After(Target[])" />
    ITargetDefinition After<T>(params Func<T, Target>[] targets);

    /// <inheritdoc cref="After(Target[])" />
    ITargetDefinition TryAfter<T>(params Func<T, Target>[] targets);

    /// <summary>Schedules these targets after this one.</summary>
    ITargetDefinition Triggers(params Target[] targets);

    /// <inheritdoc cref="Triggers(Target[])" />
    ITargetDefinition Triggers<T>(params Func<T, Target>[] targets);

    /// <inheritdoc cref="Triggers(Target[])" />
    ITargetDefinition TryTriggers<T>(params Func<T, Target>[] targets);

    /// <summary>Is scheduled after these targets: the mirror of <see cref="Triggers(Target[])" />.</summary>
    ITargetDefinition TriggeredBy(params Target[] targets);

    /// <inheritdoc cref="TriggeredBy(Target[])" />
    ITargetDefinition TriggeredBy<T>(params Func<T, Target>[] targets);

    /// <inheritdoc cref="TriggeredBy(Target[])" />
    ITargetDefinition TryTriggeredBy<T>(params Func<T, Target>[] targets);

    /// <summary>Skips the target when the condition is false at its turn.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="conditionExpression">Its source text, shown as the reason; filled in by the compiler.</param>
    ITargetDefinition OnlyWhenDynamic(
        Func<bool> condition,
        [CallerArgumentExpression(nameof(condition))] string? conditionExpression = null
    );

    /// <summary>
    /// Skips the target, and the dependencies that only it needs, when the condition is false at the start.
    /// </summary>
    /// <param name="condition">The condition.</param>
    /// <param name="conditionExpression">Its source text, shown as the reason; filled in by the compiler.</param>
    ITargetDefinition OnlyWhenStatic(
        Func<bool> condition,
        [CallerArgumentExpression(nameof(condition))] string? conditionExpression = null
    );

    /// <summary>Parameters that must have a value before any target runs.</summary>
    ITargetDefinition Requires<T>(
        Expression<Func<T>> parameterRequirement,
        params Expression<Func<T>>[] parameterRequirements
    )
        where T : class?;

    /// <inheritdoc cref="Requires{T}(Expression{Func{T}}, Expression{Func{T}}[])" />
    ITargetDefinition Requires<T>(
        Expression<Func<T?>> parameterRequirement,
        params Expression<Func<T?>>[] parameterRequirements
    )
        where T : struct;

    /// <summary>Conditions that must hold before any target runs.</summary>
    ITargetDefinition Requires(Expression<Func<bool>> requirement, params Expression<Func<bool>>[] requirements);

    /// <summary>What happens to the dependencies when this target is skipped.</summary>
    ITargetDefinition WhenSkipped(DependencyBehavior dependencyBehavior);

    /// <summary>Runs even after another target failed, if it was scheduled.</summary>
    ITargetDefinition AssuredAfterFailure();

    /// <summary>Lets the build go on when this target fails; the build still counts as failed.</summary>
    ITargetDefinition ProceedAfterFailure();

    /// <summary>Leaves the target out of <c>--help</c>.</summary>
    ITargetDefinition Unlisted();

    /// <summary>Adds what other targets define.</summary>
    ITargetDefinition Inherit(params Target[] targets);

    /// <summary>
    /// Adds what a component's own targets define, also where the build overrides them; without arguments its only one.
    /// </summary>
    ITargetDefinition Inherit<T>(params Expression<Func<T, Target>>[] targets);

    /// <summary>Adds what the overridden target of the base class defines.</summary>
    ITargetDefinition Base();

    /// <summary>Names the files that the target makes, as globs.</summary>
    ITargetDefinition Produces(params string[] artifacts);

    /// <summary>Names the targets whose files this one takes.</summary>
    ITargetDefinition Consumes(params Target[] targets);
}

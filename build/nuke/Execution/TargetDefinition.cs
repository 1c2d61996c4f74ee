using System.Linq.Expressions;

namespace Nuke.Common.Execution;

/// <summary>Collects what a target says about itself: actions, conditions and requirements.</summary>
internal sealed partial class TargetDefinition : ITargetDefinition
{
    private readonly INukeBuild build;
    private readonly string name;
    private readonly Stack<Target> overridden;

    /// <summary>Starts an empty definition.</summary>
    /// <param name="build">The build that the target belongs to.</param>
    /// <param name="name">The target's name.</param>
    /// <param name="overridden">What base classes define under this name, the nearest on top.</param>
    public TargetDefinition(INukeBuild build, string name, Stack<Target> overridden)
    {
        this.build = build;
        this.name = name;
        this.overridden = overridden;
    }

    public string? Text { get; private set; }

    public List<Action> Actions { get; } = [];

    public List<Condition> StaticConditions { get; } = [];

    public List<Condition> DynamicConditions { get; } = [];

    public List<LambdaExpression> Requirements { get; } = [];

    public DependencyBehavior WhenSkippedBehavior { get; private set; }

    public bool IsAssuredAfterFailure { get; private set; }

    public bool IsProceedAfterFailure { get; private set; }

    public bool IsUnlisted { get; private set; }

    public ITargetDefinition Description(string description)
    {
        Text = description;
        return this;
    }

    public ITargetDefinition Executes(params Action[] actions)
    {
        Actions.AddRange(actions);
        return this;
    }

    public ITargetDefinition Executes<T>(Func<T> action) =>
        Executes(() =>
        {
            action();
        });

    public ITargetDefinition Executes(Func<Task> action) => Executes(() => action().GetAwaiter().GetResult());

    public ITargetDefinition OnlyWhenDynamic(Func<bool> condition, string? conditionExpression = null)
    {
        DynamicConditions.Add(new(condition, conditionExpression));
        return this;
    }

    public ITargetDefinition OnlyWhenStatic(Func<bool> condition, string? conditionExpression = null)
    {
        StaticConditions.Add(new(condition, conditionExpression));
        return this;
    }

    public ITargetDefinition Requires<T>(
        Expression<Func<T>> parameterRequirement,
        params Expression<Func<T>>[] parameterRequirements
    )
        where T : class? => Require([parameterRequirement, .. parameterRequirements]);

    public ITargetDefinition Requires<T>(
        Expression<Func<T?>> parameterRequirement,
        params Expression<Func<T?>>[] parameterRequirements
    )
        where T : struct => Require([parameterRequirement, .. parameterRequirements]);

    public ITargetDefinition Requires(
        Expression<Func<bool>> requirement,
        params Expression<Func<bool>>[] requirements
    ) => Require([requirement, .. requirements]);

    public ITargetDefinition WhenSkipped(DependencyBehavior dependencyBehavior)
    {
        WhenSkippedBehavior = dependencyBehavior;
        return this;
    }

    public ITargetDefinition AssuredAfterFailure()
    {
        IsAssuredAfterFailure = true;
        return this;
    }

    public ITargetDefinition ProceedAfterFailure()
    {
        IsProceedAfterFailure = true;
        return this;
    }

    public ITargetDefinition Unlisted()
    {
        IsUnlisted = true;
        return this;
    }

    // Artifacts matter to generated build server files alone, which this engine does not write.
    public ITargetDefinition Produces(params string[] artifacts) => this;

    public ITargetDefinition Consumes(params Target[] targets) => this;

    private TargetDefinition Require(IEnumerable<LambdaExpression> requirements)
    {
        Requirements.AddRange(requirements);
        return this;
    }
}

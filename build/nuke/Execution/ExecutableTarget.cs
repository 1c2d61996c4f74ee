namespace Nuke.Common.Execution;

/// <summary>A target of a build with its place in the run.</summary>
public sealed class ExecutableTarget
{
    internal ExecutableTarget(string name, Target factory, TargetDefinition definition)
    {
        Name = name;
        Factory = factory;
        Definition = definition;
    }

    /// <summary>The name of the property that declares the target.</summary>
    public string Name { get; }

    /// <summary>What the target does, in a sentence.</summary>
    public string? Description => Definition.Text;

    /// <summary>Whether <c>--help</c> lists the target.</summary>
    public bool Listed => !Definition.IsUnlisted;

    /// <summary>Whether the target runs when no other is named.</summary>
    public bool IsDefault { get; internal init; }

    /// <summary>Whether the target was named by the user.</summary>
    public bool Invoked { get; internal set; }

    /// <summary>Where the target stands.</summary>
    public ExecutionStatus Status { get; internal set; }

    /// <summary>How long the target ran so far.</summary>
    public TimeSpan Duration { get; internal set; }

    /// <summary>Notes for the summary, by name.</summary>
    public Dictionary<string, string> SummaryInformation { get; internal set; } = [];

    /// <summary>When the target began, in the timestamps of the run's <see cref="TimeProvider" />.</summary>
    internal long StartedAt { get; set; }

    internal Target Factory { get; }

    internal TargetDefinition Definition { get; }

    internal List<ExecutableTarget> ExecutionDependencies { get; } = [];

    internal List<ExecutableTarget> OrderDependencies { get; } = [];

    internal List<ExecutableTarget> TriggerDependencies { get; } = [];

    internal List<ExecutableTarget> Triggers { get; } = [];

    internal IEnumerable<ExecutableTarget> AllDependencies =>
        ExecutionDependencies.Concat(OrderDependencies).Concat(TriggerDependencies);
}

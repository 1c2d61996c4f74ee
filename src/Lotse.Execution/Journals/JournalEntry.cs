using System.Text.Json.Serialization;

namespace Lotse.Execution.Journals;

/// <summary>What a line of the journal tells.</summary>
public enum JournalEvent
{
    /// <summary>A rollout began.</summary>
    Begin,

    /// <summary>The rollout entered a state.</summary>
    State,

    /// <summary>A step is about to be carried out.</summary>
    Step,

    /// <summary>A step was carried out.</summary>
    Done,

    /// <summary>The rollout ended: what serves is as the outcome says.</summary>
    End,
}

/// <summary>One line of the journal of the present or last rollout.</summary>
public sealed record JournalEntry
{
    /// <summary>When it was written.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The rollout.</summary>
    public required string Rollout { get; init; }

    /// <summary>What it tells.</summary>
    public required JournalEvent Event { get; init; }

    /// <summary>The host of a step; null otherwise.</summary>
    public string? Host { get; init; }

    /// <summary>The step, state, outcome or purpose, in words.</summary>
    public required string Text { get; init; }

    /// <summary>The version the rollout brings; on <see cref="JournalEvent.Begin"/>.</summary>
    public string? Version { get; init; }

    /// <summary>Who began it; on <see cref="JournalEvent.Begin"/>.</summary>
    public string? Owner { get; init; }

    /// <summary>The commit of the version; on <see cref="JournalEvent.Begin"/>, null when not known.</summary>
    public string? Commit { get; init; }

    /// <summary>Whether it goes back to a release that served before; on <see cref="JournalEvent.Begin"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsRollback { get; init; }

    /// <summary>
    /// The rollouts before it that have no end either, and whose containers may still be there; on <see cref="JournalEvent.Begin"/>, null for none.
    /// </summary>
    public IReadOnlyList<string>? After { get; init; }
}

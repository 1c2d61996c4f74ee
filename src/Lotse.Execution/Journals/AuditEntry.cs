using Lotse.Planning.Observed;

namespace Lotse.Execution.Journals;

/// <summary>One line of a host's audit log: who changed what, from which commit, and what came of it.</summary>
public sealed record AuditEntry
{
    /// <summary>When it ended.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Who did it: <c>user@machine</c>.</summary>
    public required string Performer { get; init; }

    /// <summary>What was asked: <c>deploy</c>, <c>rollback</c>, <c>remove</c>.</summary>
    public required string Command { get; init; }

    /// <summary>The version it was about; null when none.</summary>
    public string? Version { get; init; }

    /// <summary>The version that served before; null when none did.</summary>
    public string? From { get; init; }

    /// <summary>The commit it was made from; null when not known.</summary>
    public string? Commit { get; init; }

    /// <summary>The rollout.</summary>
    public required string Rollout { get; init; }

    /// <summary>What came of it, in words: <c>done</c>, <c>failed: …</c>.</summary>
    public required string Outcome { get; init; }

    /// <summary>All hosts of the configuration then, those that were left out included; null where that was not noted.</summary>
    public IReadOnlyList<string>? Hosts { get; init; }

    /// <summary>Set when the traffic was switched: the release was healthy then.</summary>
    public PastReleaseKind? Served { get; init; }
}

using Lotse.Execution.Ports;

namespace Lotse.Execution.Leases;

/// <summary>The lease as it was read at a moment.</summary>
/// <param name="Text">The file's text; null when there was none.</param>
/// <param name="Record">What it says; null when there was none.</param>
/// <param name="Verdict">Whether it could be taken.</param>
public sealed record LeaseSight(string? Text, LeaseRecord? Record, LeaseVerdict Verdict)
{
    /// <summary>Who holds it; null when nobody does.</summary>
    public LeaseRecord? Holder => Verdict == LeaseVerdict.Held ? Record : null;
}

/// <summary>The lease as it stands in the host's store. It stays there after its release, for the fencing token's sake.</summary>
public sealed record LeaseRecord
{
    /// <summary>Grows with each acquisition: who holds a smaller one has lost the lease.</summary>
    public required long Fence { get; init; }

    /// <summary>The rollout it is held for.</summary>
    public required string Rollout { get; init; }

    /// <summary>Who holds it, for people: <c>user@machine</c>.</summary>
    public required string Owner { get; init; }

    /// <summary>What for, for people: <c>deploy 1.4.0</c>.</summary>
    public required string Purpose { get; init; }

    /// <summary>The process that holds it.</summary>
    public required ProcessIdentity Process { get; init; }

    /// <summary>When it was acquired, by the host's clock.</summary>
    public required DateTimeOffset AcquiredAt { get; init; }

    /// <summary>When it ends by itself unless a heartbeat renews it, by the host's clock.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Whether its holder gave it back.</summary>
    public bool Released { get; init; }
}

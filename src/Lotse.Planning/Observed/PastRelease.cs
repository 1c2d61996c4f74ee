namespace Lotse.Planning.Observed;

/// <summary>How a past release came to serve.</summary>
public enum PastReleaseKind
{
    /// <summary>A deploy switched to it.</summary>
    Deployed,

    /// <summary>A rollback switched to it.</summary>
    RolledBack,
}

/// <summary>A release that once got the traffic, from the audit log: so it was healthy then.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Kind">Whether a deploy or a rollback brought it.</param>
/// <param name="At">When the traffic was switched to it.</param>
/// <param name="Rollout">The rollout that switched to it.</param>
public sealed record PastRelease(string Version, PastReleaseKind Kind, DateTimeOffset At, string Rollout);

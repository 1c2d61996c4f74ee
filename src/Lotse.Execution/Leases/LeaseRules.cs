using Lotse.Execution.Ports;

namespace Lotse.Execution.Leases;

/// <summary>Whether a lease may be taken.</summary>
public enum LeaseVerdict
{
    /// <summary>Nobody holds it.</summary>
    Free,

    /// <summary>Its holder's process is gone: it may be taken over at once.</summary>
    HolderDied,

    /// <summary>Its holder has sent no heartbeat for too long: it may be taken over.</summary>
    Expired,

    /// <summary>Somebody holds it.</summary>
    Held,
}

/// <summary>Judges a lease. Pure.</summary>
public static class LeaseRules
{
    /// <summary>How long a lease lasts without a heartbeat.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30);

    /// <summary>The time between heartbeats.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(8);

    /// <summary>How long after a renewal its holder may act without asking again: a third of what others must wait.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);

    /// <summary>Judges the lease that stands in the store.</summary>
    /// <param name="current">The lease; null when there was never one.</param>
    /// <param name="now">The time now.</param>
    /// <param name="isAlive">Whether a process still runs; null when that cannot be told.</param>
    public static LeaseVerdict Judge(LeaseRecord? current, DateTimeOffset now, Func<ProcessIdentity, bool?> isAlive) =>
        current switch
        {
            null or { Released: true } => LeaseVerdict.Free,
            _ when isAlive(current.Process) == false => LeaseVerdict.HolderDied,
            _ when now >= current.ExpiresAt => LeaseVerdict.Expired,
            _ => LeaseVerdict.Held,
        };
}

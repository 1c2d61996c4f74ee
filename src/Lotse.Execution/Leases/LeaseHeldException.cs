using System.Globalization;

namespace Lotse.Execution.Leases;

/// <summary>Somebody else holds the lease.</summary>
public sealed class LeaseHeldException(string host, LeaseRecord holder)
    : Exception(
        string.Create(
            CultureInfo.InvariantCulture,
            $"[{host}] {holder.Owner} (process {holder.Process.Id}) holds the lease for '{holder.Purpose}' since {holder.AcquiredAt:HH:mm:ss} UTC.\n  → Wait until it is done. If it has died, the lease ends by itself at {holder.ExpiresAt:HH:mm:ss} UTC: nothing has to be released by hand."
        )
    )
{
    /// <summary>The lease that is held.</summary>
    public LeaseRecord Holder { get; } = holder;
}

/// <summary>The lease was lost while a rollout ran: another deployer has taken it over.</summary>
/// <param name="host">The host.</param>
/// <param name="present">The lease that stands there now; null when there is none.</param>
public sealed class LeaseLostException(string host, LeaseRecord? present)
    : Exception(
        $"[{host}] this deployer no longer holds the lease: {Tell(present)}\n  → Nothing more was changed there. Run Status to see what serves, then deploy again."
    )
{
    /// <summary>The host.</summary>
    public string Host { get; } = host;

    private static string Tell(LeaseRecord? present) =>
        present switch
        {
            null => "it is gone.",
            { Released: true } => $"{present.Owner} took it over for '{present.Purpose}', and is done.",
            _ => $"{present.Owner} took it over for '{present.Purpose}'.",
        };
}

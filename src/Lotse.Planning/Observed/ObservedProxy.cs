using System.Collections.Immutable;

namespace Lotse.Planning.Observed;

/// <summary>The edge proxy of a host.</summary>
public sealed record ObservedProxy
{
    /// <summary>The proxy's container.</summary>
    public required ObservedContainer Container { get; init; }

    /// <summary>What the proxy routes; empty when it does not run or does not answer.</summary>
    public ImmutableArray<ProxiedService> Services { get; init; } = [];
}

/// <summary>One service as the proxy knows it.</summary>
/// <param name="Name">The service's name in the proxy: <c>service-role[-destination]</c>.</param>
/// <param name="Active">The target that gets the traffic, <c>host:port</c>; null when there is none.</param>
/// <param name="Staged">A target that was staged and not switched to; null when there is none.</param>
/// <param name="Previous">A target that was switched away from and not yet drained; null when there is none.</param>
public sealed record ProxiedService(string Name, string? Active, string? Staged, string? Previous)
{
    /// <summary>How the service's requests were answered; null when the proxy does not count them.</summary>
    public TrafficCount? Traffic { get; init; }
}

/// <summary>Answers that a service gave, as its proxy counts them.</summary>
/// <param name="Requests">All of them.</param>
/// <param name="ServerErrors">Those with a status of 5xx, the proxy's own included.</param>
public sealed record TrafficCount(long Requests, long ServerErrors);

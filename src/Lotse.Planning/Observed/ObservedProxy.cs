using System.Collections.Immutable;

namespace Lotse.Planning.Observed;

/// <summary>The edge proxy of a host.</summary>
public sealed record ObservedProxy
{
    /// <summary>The proxy's container.</summary>
    public required ObservedContainer Container { get; init; }

    /// <summary>The one that makes way for it: a deployer replaces it at this moment, or has died doing so. Null otherwise.</summary>
    public ObservedContainer? MakingWay { get; init; }

    /// <summary>What the proxy routes; empty when it does not run or does not answer.</summary>
    public ImmutableArray<ProxiedService> Services { get; init; } = [];

    /// <summary>Whether <see cref="Services"/> is what the proxy says: else it may route anything.</summary>
    public bool IsListed { get; init; } = true;
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

    /// <summary>Whether the target with the traffic passed its last health probe; null when none was made since the switch.</summary>
    public bool? IsHealthy { get; init; }

    /// <summary>What becomes of the service's requests. Default: they are forwarded.</summary>
    public ProxiedMode Mode { get; init; }
}

/// <summary>What becomes of a service's requests.</summary>
public enum ProxiedMode
{
    /// <summary>They are forwarded.</summary>
    Running,

    /// <summary>They wait.</summary>
    Paused,

    /// <summary>They are answered with 503.</summary>
    Stopped,
}

/// <summary>Answers that a service gave, as its proxy counts them.</summary>
/// <param name="Requests">All of them.</param>
/// <param name="ServerErrors">Those with a status of 5xx, the proxy's own included.</param>
public sealed record TrafficCount(long Requests, long ServerErrors)
{
    /// <summary>Those of the errors where the target could not be connected to.</summary>
    public long ConnectErrors { get; init; }
}

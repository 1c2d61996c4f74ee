using System.Collections.Immutable;

namespace Lotse.Planning.Observed;

/// <summary>What all hosts of a destination report at one moment.</summary>
public sealed record ObservedFleet
{
    /// <summary>One entry for each host of the configuration, in its order.</summary>
    public required ImmutableArray<ObservedHost> Hosts { get; init; }

    /// <summary>Finds a host by its configured name.</summary>
    /// <exception cref="KeyNotFoundException">The host was not observed.</exception>
    public ObservedHost this[string host] =>
        Hosts.FirstOrDefault(h => h.Host == host) ?? throw new KeyNotFoundException($"Host '{host}' was not observed.");
}

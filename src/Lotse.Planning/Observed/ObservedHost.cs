using System.Collections.Immutable;

namespace Lotse.Planning.Observed;

/// <summary>What one host reports: only what belongs to this service and destination, and the shared proxy and network.</summary>
public sealed record ObservedHost
{
    /// <summary>The host's configured name.</summary>
    public required string Host { get; init; }

    /// <summary>The engine's version, as it reports it.</summary>
    public string EngineVersion { get; init; } = "";

    /// <summary>Where the engine keeps images and containers.</summary>
    public string EngineFolder { get; init; } = "";

    /// <summary>The processor's architecture, as images name it: <c>amd64</c>, <c>arm64</c>; empty when not known.</summary>
    public string Architecture { get; init; } = "";

    /// <summary>The folder under which relative folders of accessories lie, absolute.</summary>
    public string DataFolder { get; init; } = "";

    /// <summary>Whether the network that proxy, containers and accessories share exists.</summary>
    public bool HasNetwork { get; init; }

    /// <summary>Containers of the service and destination, running or not.</summary>
    public ImmutableArray<ObservedContainer> Containers { get; init; } = [];

    /// <summary>Containers of the destination's accessories.</summary>
    public ImmutableArray<ObservedContainer> Accessories { get; init; } = [];

    /// <summary>Containers of migrations; while nobody deploys, what a dead deployer left.</summary>
    public ImmutableArray<ObservedContainer> Migrations { get; init; } = [];

    /// <summary>The images of the service's containers of other destinations on this host.</summary>
    public ImmutableArray<string> ImagesOfOthers { get; init; } = [];

    /// <summary>The edge proxy's container; null when there is none.</summary>
    public ObservedProxy? Proxy { get; init; }

    /// <summary>Names (<c>image:version</c>) of the service's images on the host.</summary>
    public ImmutableArray<string> Images { get; init; } = [];

    /// <summary>What each of <see cref="Images"/> takes up on the host in bytes, layers that it shares with others included.</summary>
    public ImmutableDictionary<string, long> ImageBytes { get; init; } = ImmutableDictionary<string, long>.Empty;

    /// <summary>The rollouts that the journal knows to have no end: their deployers died, or could not take all back.</summary>
    public ImmutableArray<string> Interrupted { get; init; } = [];

    /// <summary>What was deployed here before, oldest first, from the host's audit log.</summary>
    public ImmutableArray<PastRelease> History { get; init; } = [];
}

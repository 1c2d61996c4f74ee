using System.Collections.Immutable;
using Lotse.Execution.Ports;
using Lotse.Planning.Steps;

namespace Lotse.Execution.Health;

/// <summary>All that is known about a container that did not become healthy.</summary>
public sealed record Evidence
{
    /// <summary>The container's name.</summary>
    public required string Container { get; init; }

    /// <summary>How the proxy was to reach it; null when it is not proxied.</summary>
    public ProxyRoute? Route { get; init; }

    /// <summary>What the proxy's probes found; null when it was not probed to the end.</summary>
    public StageOutcome? Probe { get; init; }

    /// <summary>How its process ended; null when it runs.</summary>
    public ContainerExit? Exit { get; init; }

    /// <summary>The engine's view of it.</summary>
    public ContainerStatus? Status { get; init; }

    /// <summary>The ports that listen in it, <c>address:port</c>; null when that could not be found out.</summary>
    public ImmutableArray<string>? Listening { get; init; }

    /// <summary>The last lines it wrote.</summary>
    public ImmutableArray<string> Log { get; init; } = [];
}

using System.Collections.Immutable;

namespace Lotse.Planning.Observed;

/// <summary>A container's life as the engine reports it.</summary>
public enum ContainerState
{
    /// <summary>Made, never started.</summary>
    Created,

    /// <summary>Its process runs.</summary>
    Running,

    /// <summary>It ended and the engine is about to start it again.</summary>
    Restarting,

    /// <summary>Suspended.</summary>
    Paused,

    /// <summary>Its process has ended.</summary>
    Exited,

    /// <summary>The engine could not remove it, or is removing it.</summary>
    Dead,
}

/// <summary>One container on a host.</summary>
public sealed record ObservedContainer
{
    /// <summary>The full id (64 hex digits).</summary>
    public required string Id { get; init; }

    /// <summary>The name, without the leading slash.</summary>
    public required string Name { get; init; }

    /// <summary>The role, or the accessory's name.</summary>
    public required string Role { get; init; }

    /// <summary>The release's version; empty for an accessory.</summary>
    public string Version { get; init; } = "";

    /// <summary>The fingerprint of the specification it was made from; empty when another tool made it.</summary>
    public string Fingerprint { get; init; } = "";

    /// <summary>The rollout that made it; empty when another tool made it.</summary>
    public string Rollout { get; init; } = "";

    /// <summary>Where it is in its life.</summary>
    public ContainerState State { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>The image's name as the container was made from it.</summary>
    public string Image { get; init; } = "";

    /// <summary>The ports of the host that it publishes.</summary>
    public ImmutableArray<int> PublishedPorts { get; init; } = [];

    /// <summary>The first twelve digits of the id: the container's name in the network's DNS, stable over renames.</summary>
    public string ShortId => Id.Length > 12 ? Id[..12] : Id;

    /// <summary>Whether its process runs now.</summary>
    public bool IsRunning => State is ContainerState.Running or ContainerState.Restarting;
}

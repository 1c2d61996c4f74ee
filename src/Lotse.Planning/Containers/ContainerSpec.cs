using System.Collections.Immutable;
using Lotse.Configuration;

namespace Lotse.Planning.Containers;

/// <summary>Everything a container is made from, in our words; an adapter turns it into the engine's request.</summary>
public sealed record ContainerSpec
{
    /// <summary>The container's name.</summary>
    public required string Name { get; init; }

    /// <summary>The image's name on the host.</summary>
    public required string Image { get; init; }

    /// <summary>The command; empty leaves the image's own.</summary>
    public ImmutableArray<string> Command { get; init; } = [];

    /// <summary>The environment, in order.</summary>
    public ImmutableArray<EnvironmentEntry> Environment { get; init; } = [];

    /// <summary>The labels, by name.</summary>
    public ImmutableSortedDictionary<string, string> Labels { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>The network it joins; null joins the engine's default.</summary>
    public string? Network { get; init; }

    /// <summary>Further names for it in the network's DNS.</summary>
    public ImmutableArray<string> NetworkAliases { get; init; } = [];

    /// <summary>Volumes and binds, <c>source:target[:options]</c>; a source that is no path is a named volume.</summary>
    public ImmutableArray<string> Volumes { get; init; } = [];

    /// <summary>Published ports, <c>[ip:]host:container[/protocol]</c>.</summary>
    public ImmutableArray<string> PublishedPorts { get; init; } = [];

    /// <summary>When the engine starts it again, as <c>docker run --restart</c> takes it: <c>no</c>, <c>always</c>, <c>unless-stopped</c>, <c>on-failure[:n]</c>.</summary>
    public string Restart { get; init; } = "unless-stopped";

    /// <summary>The log driver; null leaves the engine's default.</summary>
    public string? LogDriver { get; init; }

    /// <summary>Options of the log driver.</summary>
    public ImmutableSortedDictionary<string, string> LogOptions { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Limits and switches given as <c>options:</c>, named as the flags of <c>docker run</c>.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<string>> Options { get; init; } =
        ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty;

    /// <summary>The engine's own health check; null leaves the image's own.</summary>
    public ContainerHealthCheck? HealthCheck { get; init; }

    /// <summary>Whether it has a terminal and a standard input that stays open.</summary>
    public bool IsInteractive { get; init; }

    /// <summary>A hash of all that would make the container behave differently: see <see cref="ContainerFingerprint"/>.</summary>
    public string Fingerprint => ContainerFingerprint.Of(this);
}

/// <summary>A health check that the engine itself runs inside the container.</summary>
/// <param name="Command">A shell command; exit code 0 means healthy.</param>
/// <param name="Interval">The time between checks.</param>
/// <param name="Timeout">The longest a check may take.</param>
/// <param name="Retries">Failures in a row before the container counts as unhealthy.</param>
public sealed record ContainerHealthCheck(string Command, TimeSpan Interval, TimeSpan Timeout, int Retries);

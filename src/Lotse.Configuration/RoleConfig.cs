using System.Collections.Immutable;

namespace Lotse.Configuration;

/// <summary>
/// Hosts that run the same container. What the root gives to every role is merged in already, except the environment.
/// </summary>
public sealed record RoleConfig
{
    /// <summary>The role's name.</summary>
    public required string Name { get; init; }

    /// <summary>The hosts, in the order of the file.</summary>
    public required ImmutableArray<HostConfig> Hosts { get; init; }

    /// <summary>The command, as a shell would read it; null leaves the image's own.</summary>
    public string? Cmd { get; init; }

    /// <summary>
    /// The role's own environment; see <see cref="DeployConfig.EnvironmentOf(RoleConfig, HostConfig)"/> for the whole.
    /// </summary>
    public EnvConfig Env { get; init; } = EnvConfig.Empty;

    /// <summary>The labels, the root's included.</summary>
    public ImmutableSortedDictionary<string, string> Labels { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Flags of <c>docker run</c> without the dashes, <c>restart</c> excepted.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<string>> Options { get; init; } =
        ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty;

    /// <summary>When the engine starts the container again; default <c>unless-stopped</c>.</summary>
    public string Restart { get; init; } = "unless-stopped";

    /// <summary>How requests reach the role, the root's settings included; null when the role is not proxied.</summary>
    public ProxyConfig? Proxy { get; init; }

    /// <summary>Where the containers log to, the root's settings included.</summary>
    public LoggingConfig Logging { get; init; } = LoggingConfig.Default;

    /// <summary>
    /// How long a container may take to stop after SIGTERM: the role's or the root's <c>stop_timeout</c>, else 10 s
    /// behind the proxy (which has drained it by then) and the drain timeout without one.
    /// </summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The folder of assets in the container that old and new release share, with optional mount options; null when
    /// there is none.
    /// </summary>
    public string? AssetPath { get; init; }
}

/// <summary>One machine.</summary>
public sealed record HostConfig
{
    /// <summary>The name that means this machine, reached without SSH.</summary>
    public const string LocalName = "local";

    /// <summary>The address as the file gives it, or <c>local</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The host's tags within its role.</summary>
    public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary>Whether it is this machine.</summary>
    public bool IsLocal => Name == LocalName;
}

using System.Collections.Immutable;

namespace Lotse.Configuration;

/// <summary>A long-lived companion container.</summary>
public sealed record AccessoryConfig
{
    /// <summary>The accessory's name.</summary>
    public required string Name { get; init; }

    /// <summary>The container's name and its <c>service</c> label; default <c>service-accessory</c>.</summary>
    public required string Service { get; init; }

    /// <summary>The image, with its registry where it has one of its own.</summary>
    public required string Image { get; init; }

    /// <summary>The image's registry; null when it needs no login.</summary>
    public RegistryConfig? Registry { get; init; }

    /// <summary>The hosts that run it.</summary>
    public required ImmutableArray<HostConfig> Hosts { get; init; }

    /// <summary>A published port, <c>[ip:]host:container</c>; null for none.</summary>
    public string? Port { get; init; }

    /// <summary>The command, as a shell would read it; null leaves the image's own.</summary>
    public string? Cmd { get; init; }

    /// <summary>The environment.</summary>
    public EnvConfig Env { get; init; } = EnvConfig.Empty;

    /// <summary>Files of the project that are put on the host and mounted; their default mode is 755.</summary>
    public ImmutableArray<MountedPath> Files { get; init; } = [];

    /// <summary>Folders that are made on the host, in <c>service/</c> unless absolute, and mounted.</summary>
    public ImmutableArray<MountedPath> Directories { get; init; } = [];

    /// <summary>Other volumes, <c>source:target[:options]</c>; a source that is no path is a named volume.</summary>
    public ImmutableArray<string> Volumes { get; init; } = [];

    /// <summary>Flags of <c>docker run</c> without the dashes, <c>restart</c> excepted.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<string>> Options { get; init; } =
        ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty;

    /// <summary>When the engine starts the container again; default <c>unless-stopped</c>.</summary>
    public string Restart { get; init; } = "unless-stopped";

    /// <summary>The network; default <c>kamal</c>.</summary>
    public string Network { get; init; } = "kamal";

    /// <summary>The accessory's own labels.</summary>
    public ImmutableSortedDictionary<string, string> Labels { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>How requests reach it through the edge proxy; null when they do not.</summary>
    public ProxyConfig? Proxy { get; init; }

    /// <summary>What tells that it is ready; null when running is enough or the image has a check of its own.</summary>
    public AccessoryHealthCheck? HealthCheck { get; init; }
}

/// <summary>A file or folder that an accessory sees.</summary>
/// <param name="Local">The file in the project, or the folder on the host.</param>
/// <param name="Remote">The path in the container.</param>
/// <param name="Mode">The octal mode; null for the default.</param>
/// <param name="Owner">The owner, <c>user:group</c>; null for the default.</param>
/// <param name="Options">Mount options such as <c>ro</c>; null for none.</param>
public sealed record MountedPath(string Local, string Remote, string? Mode, string? Owner, string? Options);

/// <summary>A command in the container that exits with 0 when the accessory is ready. A key of our own.</summary>
public sealed record AccessoryHealthCheck
{
    /// <summary>The command, for a shell in the container.</summary>
    public required string Cmd { get; init; }

    /// <summary>The time between two checks; default 1 s.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest a check may take; default 5 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);
}

namespace Lotse.Nuke.Deployments;

/// <summary>What a person may say on the command line or in the environment.</summary>
public sealed record DeploySettings
{
    /// <summary>The project's folder.</summary>
    public required string RootDirectory { get; init; }

    /// <summary>The folder for files that need not outlive a clean-up: <c>.nuke/temp</c>.</summary>
    public required string TemporaryDirectory { get; init; }

    /// <summary>The names of the targets that were asked for.</summary>
    public IReadOnlyList<string> Targets { get; init; } = [];

    /// <summary>The destination that was given; null for none.</summary>
    public string? Destination { get; init; }

    /// <summary>The version; null for the one that git gives.</summary>
    public string? Version { get; init; }

    /// <summary>The edge proxy's HTTP port on the hosts; null for the configuration's.</summary>
    public int? HttpPort { get; init; }

    /// <summary>Hosts that are left out.</summary>
    public IReadOnlyList<string> SkippedHosts { get; init; } = [];

    /// <summary>Whether commands and calls are shown.</summary>
    public bool IsVerbose { get; init; }
}

using System.Collections.Immutable;

namespace Lotse.Configuration;

/// <summary>What was read, and all that is wrong with it.</summary>
public sealed record ConfigResult
{
    /// <summary>The configuration; null when a problem is an error.</summary>
    public DeployConfig? Config { get; init; }

    /// <summary>All problems, in the order of files and lines.</summary>
    public required ImmutableArray<Problem> Problems { get; init; }

    /// <summary>
    /// Keys that are correct but that nothing acts on yet. An error means that ignoring the key would be unsafe: a
    /// command that deploys must stop there, one that only looks may go on.
    /// </summary>
    public ImmutableArray<Problem> NotYetSupported { get; init; } = [];

    /// <summary>The destinations that have an overlay file, by name.</summary>
    public ImmutableArray<string> Destinations { get; init; } = [];

    /// <summary>Whether the configuration cannot be used.</summary>
    public bool HasErrors => Problems.Any(p => p.Severity == Severity.Error);

    /// <summary>
    /// All that stands against a deploy from this machine: the problems, and what is not supported yet.
    /// </summary>
    public ImmutableArray<Problem> ForDeploy() => [.. Problems, .. NotYetSupported];
}

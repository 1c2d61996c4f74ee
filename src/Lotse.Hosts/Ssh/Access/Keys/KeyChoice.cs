namespace Lotse.Hosts.Ssh.Access.Keys;

/// <summary>Which keys are offered to a host.</summary>
internal sealed record KeyChoice
{
    /// <summary>Files that were named, in order.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Files that are tried because they are where keys usually are.</summary>
    public IReadOnlyList<string> UsualFiles { get; init; } = [];

    /// <summary>Whether the agent's keys are offered only where a file names them.</summary>
    public bool NamedOnly { get; init; }

    /// <summary>The agent's address; null for none.</summary>
    public string? Agent { get; init; }
}

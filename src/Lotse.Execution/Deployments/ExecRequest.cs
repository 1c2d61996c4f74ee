namespace Lotse.Execution.Deployments;

/// <summary>A person's command, and where it is to run.</summary>
public sealed record ExecRequest
{
    /// <summary>The command, as a shell would read it: words and quotes, but no variables or pipes (<c>sh -c '…'</c> has those).</summary>
    public required string Command { get; init; }

    /// <summary>The role in whose containers it runs; null for the primary one.</summary>
    public string? Role { get; init; }

    /// <summary>The accessory in whose container it runs, instead of a role's; null for a role's.</summary>
    public string? Accessory { get; init; }

    /// <summary>The host; null for all of the role.</summary>
    public string? Host { get; init; }

    /// <summary>Whether it runs on the role's first host only.</summary>
    public bool OnlyPrimary { get; init; }

    /// <summary>Whether it runs in a container of its own instead of the one that serves.</summary>
    public bool IsOneOff { get; init; }

    /// <summary>Whether it is joined to this process's terminal; on the role's first host then, unless one is named.</summary>
    public bool IsInteractive { get; init; }

    /// <summary>With <see cref="IsOneOff"/>: the release whose image is used; null for the one that serves.</summary>
    public string? Version { get; init; }
}

/// <summary>How a command ended on a host.</summary>
/// <param name="Host">The host's name.</param>
/// <param name="ExitCode">Its exit code; null when the host failed before it had one.</param>
public sealed record ExecResult(string Host, int? ExitCode);

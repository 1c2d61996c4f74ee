using Lotse.Configuration;

namespace Lotse.Hosts.Ssh.Access;

/// <summary>All that decides how hosts are reached over SSH.</summary>
public sealed record SshSettings
{
    /// <summary>What <c>ssh:</c> in the configuration says.</summary>
    public SshConfig Config { get; init; } = new();

    /// <summary>The project's folder: key files are relative to it, and the pinned host keys are in it.</summary>
    public required string ProjectFolder { get; init; }

    /// <summary>The user's home, with OpenSSH's own files in <c>.ssh</c>.</summary>
    public required string Home { get; init; }

    /// <summary>Reads an environment variable.</summary>
    public required Func<string, string?> Environment { get; init; }

    /// <summary>How long a connection may take to be made. Default: 10 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Committed pins of host keys, in the format of known_hosts (sshd(8)).</summary>
    public string PinsFile => Path.Combine(ProjectFolder, "config", "known_hosts");
}

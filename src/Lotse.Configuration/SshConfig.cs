using System.Collections.Immutable;

namespace Lotse.Configuration;

/// <summary>How hosts are reached.</summary>
public sealed record SshConfig
{
    /// <summary>The user; null for what OpenSSH's configuration says, else <c>root</c>.</summary>
    public string? User { get; init; }

    /// <summary>The port; null for what OpenSSH's configuration says, else 22.</summary>
    public int? Port { get; init; }

    /// <summary>A host to go through, <c>[user@]host</c>; null for none.</summary>
    public string? Proxy { get; init; }

    /// <summary>A command to go through; null for none.</summary>
    public string? ProxyCommand { get; init; }

    /// <summary>The log level; default <c>fatal</c>. Nothing acts on it yet.</summary>
    public string LogLevel { get; init; } = "fatal";

    /// <summary>Whether only <see cref="Keys"/> and <see cref="KeyData"/> are offered, and not the agent's.</summary>
    public bool KeysOnly { get; init; }

    /// <summary>Files of private keys.</summary>
    public ImmutableArray<string> Keys { get; init; } = [];

    /// <summary>Private keys in PEM, by secret or as they are.</summary>
    public ImmutableArray<Credential> KeyData { get; init; } = [];

    /// <summary>Whether OpenSSH's own configuration files are read; default true.</summary>
    public bool ReadsConfig { get; init; } = true;

    /// <summary>Configuration files to read instead of OpenSSH's own; empty for those.</summary>
    public ImmutableArray<string> ConfigFiles { get; init; } = [];

    /// <summary>Whether the agent shall be forwarded to the host; default true, as Kamal's. It never is yet.</summary>
    public bool ForwardAgent { get; init; } = true;
}

/// <summary>How many connections are made at a time.</summary>
public sealed record SshKitConfig
{
    /// <summary>At most this many connections start at a time; default 30.</summary>
    public int MaxConcurrentStarts { get; init; } = 30;

    /// <summary>How long an idle connection is kept; default 900 s.</summary>
    public TimeSpan PoolIdleTimeout { get; init; } = TimeSpan.FromSeconds(900);

    /// <summary>How often a failed name lookup is tried again; default 3.</summary>
    public int DnsRetries { get; init; } = 3;
}

/// <summary>How many hosts start at a time.</summary>
public sealed record BootConfig
{
    /// <summary>At most this many hosts at a time; null for all.</summary>
    public int? Limit { get; init; }

    /// <summary>At most this share of all hosts at a time, in percent; null for all.</summary>
    public int? LimitPercent { get; init; }

    /// <summary>The time between two groups of hosts; default none.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>Whether the roles of one host start side by side.</summary>
    public bool ParallelRoles { get; init; }
}

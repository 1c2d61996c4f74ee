using Lotse.Hosts.Ssh.Access.Keys;

namespace Lotse.Hosts.Ssh.Access.Dialing;

/// <summary>One server on the way to a host, or the host itself, with all that is configured for it.</summary>
internal sealed record Hop
{
    /// <summary>Whether it is a server on the way, and not the host itself.</summary>
    public bool IsJump { get; init; }

    /// <summary>The name or address to connect to.</summary>
    public required string Name { get; init; }

    /// <summary>The port.</summary>
    public required int Port { get; init; }

    /// <summary>The user.</summary>
    public required string User { get; init; }

    /// <summary>The name under which its key is known.</summary>
    public required string KeyName { get; init; }

    /// <summary>The files of known keys beside the committed pins.</summary>
    public required IReadOnlyList<string> KnownHostsFiles { get; init; }

    /// <summary>Which keys are offered.</summary>
    public required KeyChoice Keys { get; init; }

    /// <summary>A command whose standard streams lead there, tokens replaced; null to connect by TCP.</summary>
    public string? ProxyCommand { get; init; }

    /// <summary>How long it may take to connect.</summary>
    public required TimeSpan ConnectTimeout { get; init; }

    /// <summary>The time between two signs of life.</summary>
    public required TimeSpan KeepAlive { get; init; }

    /// <summary>What OpenSSH's configuration says and is not acted on.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>User, name and port.</summary>
    public string Address => $"{User}@{(Name.Contains(':', StringComparison.Ordinal) ? $"[{Name}]" : Name)}:{Port}";
}

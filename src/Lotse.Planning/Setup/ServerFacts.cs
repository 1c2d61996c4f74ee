using System.Collections.Immutable;

namespace Lotse.Planning.Setup;

/// <summary>What a server told of itself: see <see cref="FactsScript"/>.</summary>
public sealed record ServerFacts
{
    /// <summary>The configured name.</summary>
    public required string Host { get; init; }

    /// <summary>The user who is logged in.</summary>
    public string User { get; init; } = "root";

    /// <summary>The distribution's id in os-release(5), such as <c>debian</c>.</summary>
    public string Distribution { get; init; } = "";

    /// <summary>The distribution's version, such as <c>12</c> or <c>24.04</c>.</summary>
    public string Version { get; init; } = "";

    /// <summary>The distribution's full name.</summary>
    public string Name { get; init; } = "";

    /// <summary>The processor's architecture as <c>uname -m</c> says it.</summary>
    public string Architecture { get; init; } = "";

    /// <summary>Whether systemd runs it.</summary>
    public bool HasSystemd { get; init; }

    /// <summary>Its memory.</summary>
    public long MemoryKiB { get; init; }

    /// <summary>Its swap space; 0 when there is none.</summary>
    public long SwapKiB { get; init; }

    /// <summary>What is free on its root file system.</summary>
    public long FreeKiB { get; init; }

    /// <summary>Its clock, minus the deployer's.</summary>
    public TimeSpan ClockSkew { get; init; }

    /// <summary>Which of the packages that set-up knows are installed.</summary>
    public ImmutableHashSet<string> Packages { get; init; } = [];

    /// <summary>Whether an installation of packages was cut off in the middle.</summary>
    public bool IsInterrupted { get; init; }

    /// <summary>Whether AppArmor is on in its kernel: then the engine starts no container without its programs.</summary>
    public bool HasAppArmor { get; init; }

    /// <summary>Whether deploys have, or may have, kept something on it.</summary>
    public bool HasState { get; init; }

    /// <summary>The engine.</summary>
    public EngineFacts Engine { get; init; } = new();

    /// <summary>The deploy user.</summary>
    public AccountFacts Account { get; init; } = new();

    /// <summary>The keys that open the account which is logged in, as lines of authorized_keys.</summary>
    public ImmutableArray<string> LoginKeys { get; init; } = [];

    /// <summary>The SSH server's settings in effect, by <c>sshd -T</c>.</summary>
    public ImmutableDictionary<string, string> Sshd { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The <c>Match</c> lines of its SSH server's settings under which passwords are taken.</summary>
    public ImmutableArray<string> SshMatches { get; init; } = [];

    /// <summary>The ports that the SSH server listens on, and the one of this connection.</summary>
    public ImmutableSortedSet<int> SshPorts { get; init; } = [];

    /// <summary>The value of <c>APT::Periodic</c> settings by name.</summary>
    public ImmutableDictionary<string, string> Updates { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The firewall.</summary>
    public FirewallFacts Firewall { get; init; } = new();

    /// <summary>The TCP ports that something listens on, loopback excepted.</summary>
    public ImmutableSortedSet<int> ListeningPorts { get; init; } = [];

    /// <summary>Its addresses, loopback and the engine's own networks excepted.</summary>
    public ImmutableArray<string> Addresses { get; init; } = [];

    /// <summary>The network interfaces that default routes go through.</summary>
    public ImmutableArray<string> Uplinks { get; init; } = [];

    /// <summary>Its network bridges, the engine's among them.</summary>
    public ImmutableArray<string> Bridges { get; init; } = [];
}

/// <summary>The container engine of a server.</summary>
public sealed record EngineFacts
{
    /// <summary>Whether there are the engine and the <c>docker</c> command, or one that answers.</summary>
    public bool IsInstalled { get; init; }

    /// <summary>Whether set-up installed it and the hook <c>docker-setup</c> has not been called for it since.</summary>
    public bool IsFresh { get; init; }

    /// <summary>Whether <c>daemon.json</c> was written after the engine's start: it has not read all of it.</summary>
    public bool IsStale { get; init; }

    /// <summary>The engine's version; null when none answers.</summary>
    public string? Version { get; init; }

    /// <summary>The version of its API; null when none answers.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>How many containers run.</summary>
    public int RunningContainers { get; init; }

    /// <summary>Whether containers live on while the engine is restarted.</summary>
    public bool KeepsContainers { get; init; }

    /// <summary>Whether it is part of a swarm, where containers cannot live on.</summary>
    public bool IsSwarm { get; init; }

    /// <summary>The text of <c>/etc/docker/daemon.json</c>; null when there is no such file.</summary>
    public string? Settings { get; init; }
}

/// <summary>The deploy user's account on a server.</summary>
public sealed record AccountFacts
{
    /// <summary>Whether there is such an account.</summary>
    public bool Exists { get; init; }

    /// <summary>Its groups.</summary>
    public ImmutableHashSet<string> Groups { get; init; } = [];

    /// <summary>Its keys, as lines of authorized_keys.</summary>
    public ImmutableArray<string> Keys { get; init; } = [];

    /// <summary>Whether set-up gave it sudo without a password.</summary>
    public bool HasSudo { get; init; }

    /// <summary>
    /// Whether the folder for what deploys keep on the server is there and the engine's group may write to it.
    /// </summary>
    public bool HasStateFolder { get; init; }
}

/// <summary>The firewall of a server.</summary>
public sealed record FirewallFacts
{
    /// <summary>Firewalls that are not ours and that are active.</summary>
    public ImmutableArray<string> Others { get; init; } = [];

    /// <summary>What the configurations of the server need of ours.</summary>
    public ImmutableArray<FirewallFragment> Fragments { get; init; } = [];

    /// <summary>SHA-256 of our file of rules; empty when there is none.</summary>
    public string File { get; init; } = "";

    /// <summary>SHA-256 of the systemd unit that loads it; empty when there is none.</summary>
    public string Unit { get; init; } = "";

    /// <summary>Whether the rules in the kernel are those that were loaded from the file.</summary>
    public bool IsLoaded { get; init; }

    /// <summary>Whether the unit is started at boot.</summary>
    public bool IsEnabled { get; init; }
}

using Lotse.Planning;

namespace Lotse.EndToEnd.Host;

/// <summary>
/// A world of its own on a real engine: a service, what a machine's services share, and the folders for both.
/// </summary>
public sealed record WorldSpec
{
    /// <summary>The service's name, and its image's.</summary>
    public required string Service { get; init; }

    /// <summary>The names of proxy, volume and network.</summary>
    public required MachineNames Machine { get; init; }

    /// <summary>The port of 127.0.0.1 on which the edge proxy listens.</summary>
    public required int HttpPort { get; init; }

    /// <summary>The folder with the application and its Dockerfile.</summary>
    public required string ProjectFolder { get; init; }

    /// <summary>The folder for the host's small files.</summary>
    public required string StateFolder { get; init; }

    /// <summary>The folder of the registry; worlds may share it.</summary>
    public required string RegistryFolder { get; init; }

    /// <summary>The image that has the runtime of the application.</summary>
    public required string BaseImage { get; init; }

    /// <summary>Addresses of servers, deployed to over SSH; empty: to this machine.</summary>
    public IReadOnlyList<string> Servers { get; init; } = [];

    /// <summary>Where the servers' sshd listen.</summary>
    public int SshPort { get; init; } = 22;

    /// <summary>
    /// The private key that root logs in with; the servers' own keys are in config/known_hosts of the project.
    /// </summary>
    public string KeyFile { get; init; } = "";

    /// <summary>The registry that the configuration names; empty: none.</summary>
    public string Registry { get; init; } = "";

    /// <summary>The user for it.</summary>
    public string RegistryUser { get; init; } = "";

    /// <summary>The password for it.</summary>
    public string RegistryPassword { get; init; } = "";

    /// <summary>The most bytes of a release that are sent as an archive to servers that could pull it.</summary>
    public long MostOfChange { get; init; } = 64 << 20;

    /// <summary>Who deploys.</summary>
    public string Owner { get; init; } = "deployer@test";

    /// <summary>Whether the deployer counts as one on another machine: nobody else can see its process.</summary>
    public bool IsElsewhere { get; init; }

    /// <summary>How long a host that does not answer is waited for while a rollout is taken back.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>How long the edge proxies of some hosts, by name, may take for a command beyond what it waits for; those of the others as long as the product has it.</summary>
    public IReadOnlyDictionary<string, TimeSpan> ProxyLimits { get; init; } = new Dictionary<string, TimeSpan>();

    /// <summary>By how much the deployer's clock is ahead of this machine's.</summary>
    public TimeSpan ClockAhead { get; init; }
}

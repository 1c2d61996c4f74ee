using System.Collections.Immutable;

namespace Lotse.Planning.Setup;

/// <summary>What a server shall be.</summary>
public sealed record SetupSettings
{
    /// <summary>The configuration: service and destination, which tell it from others of the same server.</summary>
    public string Name { get; init; } = "lotse";

    /// <summary>The user who deploys; null when that is root.</summary>
    public string? DeployUser { get; init; }

    /// <summary>
    /// The public keys of those who deploy, as lines of authorized_keys (sshd(8)); empty for those that open the
    /// account which is
    /// logged in.
    /// </summary>
    public ImmutableArray<string> DeployKeys { get; init; } = [];

    /// <summary>Whether the deploy user may use sudo without a password. Default: no.</summary>
    public bool DeployUserHasSudo { get; init; }

    /// <summary>Where the engine comes from. Default: the distribution's packages.</summary>
    public EngineSource Engine { get; init; } = EngineSource.Distribution;

    /// <summary>Whether the engine may be restarted although its containers stop. Default: no.</summary>
    public bool MayRestartEngine { get; init; }

    /// <summary>Whether there shall be a firewall. Default: yes.</summary>
    public bool HasFirewall { get; init; } = true;

    /// <summary>Ports that are open to all, beside SSH's. Default: 80 and 443.</summary>
    public ImmutableArray<OpenPort> OpenPorts { get; init; } = [new(80), new(443)];

    /// <summary>The same for servers that need others, by host.</summary>
    public ImmutableDictionary<string, ImmutableArray<OpenPort>> OpenPortsByHost { get; init; } =
        ImmutableDictionary<string, ImmutableArray<OpenPort>>.Empty;

    /// <summary>Ports that are open to the other servers of the fleet, by host.</summary>
    public ImmutableDictionary<string, ImmutableArray<OpenPort>> FleetPorts { get; init; } =
        ImmutableDictionary<string, ImmutableArray<OpenPort>>.Empty;

    /// <summary>Servers of the fleet that are left out of this run: what is known of their addresses is kept.</summary>
    public ImmutableArray<string> AbsentHosts { get; init; } = [];

    /// <summary>The port that SSH is configured with. Default: 22.</summary>
    public int SshPort { get; init; } = 22;
}

/// <summary>Where the engine's packages come from.</summary>
public enum EngineSource
{
    /// <summary>The distribution: <c>docker.io</c>.</summary>
    Distribution,

    /// <summary>Docker's own repository: <c>docker-ce</c>.</summary>
    Docker,
}

/// <summary>A port that the firewall lets in.</summary>
/// <param name="Port">The port, before the engine forwards it.</param>
/// <param name="IsUdp">Whether it is UDP's and not TCP's.</param>
public sealed record OpenPort(int Port, bool IsUdp = false)
{
    /// <inheritdoc/>
    public override string ToString() => IsUdp ? $"{Port}/udp" : $"{Port}";
}

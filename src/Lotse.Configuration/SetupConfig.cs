using System.Collections.Immutable;

namespace Lotse.Configuration;

/// <summary>What <c>ServerSetup</c> makes of a new server. A section of our own.</summary>
public sealed record SetupConfig
{
    /// <summary>Whom to log in as for set-up: root, or a user with passwordless sudo; null to find out.</summary>
    public string? Login { get; init; }

    /// <summary>
    /// Files with the public keys of those who deploy, relative to the project's folder; empty for the deployer's own.
    /// </summary>
    public ImmutableArray<string> PublicKeys { get; init; } = [];

    /// <summary>Whether the deploy user may use sudo without a password; default no.</summary>
    public bool Sudo { get; init; }

    /// <summary>Whether the engine is Docker's own package instead of the distribution's; default no.</summary>
    public bool UsesDockersPackages { get; init; }

    /// <summary>Whether there is a firewall; default yes.</summary>
    public bool Firewall { get; init; } = true;

    /// <summary>Ports that everybody may reach beside those of SSH and the proxy.</summary>
    public ImmutableArray<SetupPort> OpenPorts { get; init; } = [];
}

/// <summary>A port that the firewall lets in.</summary>
/// <param name="Number">The port on the host.</param>
/// <param name="IsUdp">Whether it is UDP's and not TCP's.</param>
public sealed record SetupPort(int Number, bool IsUdp);

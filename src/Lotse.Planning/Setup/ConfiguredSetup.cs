using System.Collections.Immutable;
using System.Globalization;
using Lotse.Configuration;

namespace Lotse.Planning.Setup;

/// <summary>What a configuration says of its servers.</summary>
public static class ConfiguredSetup
{
    private const string Root = "root";

    /// <summary>The servers that can be set up: all but this machine.</summary>
    public static ImmutableArray<string> Hosts(DeployConfig config) =>
        [.. config.AllHosts.Where(h => !h.IsLocal).Select(h => h.Name)];

    /// <summary>
    /// Whom to log in as for set-up: as the configuration says, else root, else the deploy user, who may have sudo.
    /// </summary>
    /// <param name="config">The configuration.</param>
    /// <param name="login">What the person said; null for nothing.</param>
    public static ImmutableArray<string> Logins(DeployConfig config, string? login) =>
        (login ?? config.Setup.Login) is { } one ? [one] : [.. new[] { Root, Deployer(config) ?? Root }.Distinct()];

    /// <summary>What its servers shall be.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="deployUser">The deploy user where deploys log in as root; null for none.</param>
    /// <param name="keys">The public keys of those who deploy.</param>
    /// <param name="mayRestartEngine">Whether running containers may be stopped for the engine's settings.</param>
    public static SetupSettings Settings(
        DeployConfig config,
        string? deployUser,
        ImmutableArray<string> keys,
        bool mayRestartEngine
    )
    {
        var others = config.Setup.OpenPorts.Select(p => new OpenPort(p.Number, p.IsUdp)).ToImmutableArray();
        OpenPort[] proxy = [new(config.ProxyRun.HttpPort), new(config.ProxyRun.HttpsPort)];
        return new SetupSettings
        {
            Name = config.Destination is { } destination ? $"{config.Service}-{destination}" : config.Service,
            DeployUser = Deployer(config) ?? deployUser,
            DeployKeys = keys,
            DeployUserHasSudo = config.Setup.Sudo,
            Engine = config.Setup.UsesDockersPackages ? EngineSource.Docker : EngineSource.Distribution,
            MayRestartEngine = mayRestartEngine,
            HasFirewall = config.Setup.Firewall,
            OpenPorts = others,
            OpenPortsByHost = config.ProxyHosts.ToImmutableDictionary(h => h.Name, _ => others.AddRange(proxy)),
            FleetPorts = FleetPorts(config),
            SshPort = config.Ssh.Port ?? 22,
        };
    }

    /// <summary>What containers publish and the firewall keeps from the outside, for a person to know: one line each.</summary>
    /// <param name="config">The configuration.</param>
    public static IEnumerable<string> ClosedPorts(DeployConfig config)
    {
        var open = config.Setup.OpenPorts.Select(p => new OpenPort(p.Number, p.IsUdp)).ToHashSet();
        return from role in config.Setup.Firewall ? config.Roles : []
            from mapping in role.Options.GetValueOrDefault("publish", [])
            let port = Published(mapping)
            where port is not null && !open.Contains(port)
            select $"servers.{role.Name} publishes {port}, which the firewall keeps from the outside: "
                + "put it in setup.open_ports if it is for everybody";
    }

    /// <summary>Who deploys, as the configuration says: for all servers, or with each server and the same one; null for root.</summary>
    private static string? Deployer(DeployConfig config)
    {
        var users = Hosts(config)
            .Select(h => h.LastIndexOf('@') is > 0 and var at ? h[..at] : config.Ssh.User)
            .Distinct();
        return users.ToList() is [{ } user] && user != Root ? user : null;
    }

    /// <summary>What accessories publish, loopback excepted: other hosts of the configuration need it.</summary>
    private static ImmutableDictionary<string, ImmutableArray<OpenPort>> FleetPorts(DeployConfig config)
    {
        var ports =
            from accessory in config.Accessories
            where accessory.Port is not null
            from host in accessory.Hosts
            let port = Published(accessory.Port!)
            where port is not null
            group port by host.Name;
        return ports.ToImmutableDictionary(g => g.Key, g => g.Distinct().ToImmutableArray());
    }

    /// <summary><c>port</c>, <c>host:container</c> or <c>address:host:container</c>, each with <c>/udp</c> or not.</summary>
    private static OpenPort? Published(string mapping)
    {
        var isUdp = mapping.EndsWith("/udp", StringComparison.Ordinal);
        var parts = mapping.Split('/')[0].Split(':');
        var address = string.Join(':', parts[..Math.Max(0, parts.Length - 2)]);
        var port = parts[Math.Max(0, parts.Length - 2)];
        return
            !IsLoopback(address) && int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new OpenPort(number, isUdp)
            : null;
    }

    private static bool IsLoopback(string address) =>
        address == "localhost" || address == "[::1]" || address.StartsWith("127.", StringComparison.Ordinal);
}

using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Lotse.Planning.Setup;

/// <summary>
/// The rules of the firewall, for nft(8): a table of our own, for IPv4 and IPv6. It looks at packets that come in
/// before the engine
/// rewrites their destination, so that a port which the engine publishes is as closed as any other, and it stands
/// beside the
/// engine's rules, so that a restart of the engine does not touch it.
/// </summary>
internal static class FirewallRules
{
    /// <summary>Names of interfaces that the engine makes: what comes in there comes from its containers.</summary>
    private static readonly string[] EngineNames = ["docker0", "docker_gwbridge"];
    private static readonly string[] EnginePrefixes = ["br-", "veth"];

    /// <summary>Whether an interface with this name is taken for the engine's.</summary>
    public static bool IsEngines(string name) =>
        EngineNames.Contains(name) || EnginePrefixes.Any(p => name.StartsWith(p, StringComparison.Ordinal));

    /// <summary>The rules' text.</summary>
    /// <param name="open">What everybody may reach, whatever the configurations say.</param>
    /// <param name="fragments">What the configurations of the server need.</param>
    public static string Of(IEnumerable<OpenPort> open, IReadOnlyCollection<FirewallFragment> fragments)
    {
        var inside = EngineNames.Select(n => $"\"{n}\"").Concat(EnginePrefixes.Select(p => $"\"{p}*\""));
        var rules = ImmutableArray.CreateBuilder<string>();
        rules.Add("iifname \"lo\" accept");
        rules.AddRange(inside.Select(name => $"iifname {name} accept"));
        rules.Add("ct state established,related accept");
        rules.Add("meta l4proto { icmp, ipv6-icmp } accept");
        rules.Add("udp sport 67 udp dport 68 accept");
        rules.Add("ip6 saddr fe80::/10 udp dport 546 accept");
        rules.AddRange(Ports("", open.Concat(fragments.SelectMany(f => f.Open))));
        rules.AddRange(fragments.OrderBy(f => f.Name, StringComparer.Ordinal).SelectMany(ForFleet).Distinct());
        rules.Add("drop");
        return $$"""
            # Written by ServerSetup, which writes it anew when a configuration changes: see firewall.d beside it.
            table inet lotse
            delete table inet lotse
            table inet lotse {
              chain incoming {
                # After connection tracking (-200), before destinations are rewritten (-100).
                type filter hook prerouting priority -150; policy accept;
                {{string.Join("\n    ", rules)}}
              }
            }

            """;
    }

    /// <summary>SHA-256 in lower-case hex, as sha256sum prints it.</summary>
    public static string Fingerprint(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static IEnumerable<string> ForFleet(FirewallFragment fragment) =>
        from family in Families(fragment.From.Select(f => f.Address))
        from rule in Ports($"{family.Family} saddr {{ {string.Join(", ", family.Addresses)} }} ", fragment.Fleet)
        select rule;

    private static IEnumerable<string> Ports(string from, IEnumerable<OpenPort> ports) =>
        from port in ports.Distinct()
        orderby port.IsUdp, port.Port
        group port.Port by port.IsUdp ? "udp" : "tcp" into protocol
        select $"{from}{protocol.Key} dport {{ {string.Join(", ", protocol)} }} accept";

    private static IEnumerable<(string Family, IEnumerable<string> Addresses)> Families(IEnumerable<string> fleet) =>
        from address in fleet.Distinct().Order(StringComparer.Ordinal)
        let parsed = IPAddress.TryParse(address, out var ip) ? ip : null
        where parsed is not null
        group address by parsed.AddressFamily == AddressFamily.InterNetworkV6 ? "ip6" : "ip" into family
        orderby family.Key
        select (family.Key, family.AsEnumerable());
}

using System.Collections.Immutable;
using System.Globalization;
using System.Net;

namespace Lotse.Planning.Setup;

/// <summary>
/// What one configuration needs of a server's firewall. The server keeps it in a file of its own,
/// <c>/etc/lotse/firewall.d/NAME.ports</c>: several configurations may share a server, and the rules are what all of them
/// need.
/// </summary>
public sealed record FirewallFragment
{
    /// <summary>The folder of the files.</summary>
    public const string Folder = "/etc/lotse/firewall.d";

    /// <summary>The configuration: service and destination.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it wants no firewall; its ports count where another configuration wants one.</summary>
    public bool IsOff { get; init; }

    /// <summary>What everybody may reach, beside SSH.</summary>
    public ImmutableArray<OpenPort> Open { get; init; } = [];

    /// <summary>What the configuration's other servers may reach.</summary>
    public ImmutableArray<OpenPort> Fleet { get; init; } = [];

    /// <summary>The addresses of its servers.</summary>
    public ImmutableArray<FleetAddress> From { get; init; } = [];

    /// <summary>The file's text: a comment, then a line for each thing.</summary>
    public string Text =>
        string.Concat(
            new[]
            {
                $"# What {Name} needs of the firewall, by ServerSetup, which makes the rules of all files here.",
                $"# If {Name} is no longer deployed here: delete this file and run ServerSetup for another one.",
            }
                .Concat(IsOff ? ["off"] : [])
                .Concat(Ports(Open).Select(p => $"open {p}"))
                .Concat(Ports(Fleet).Select(p => $"fleet {p}"))
                .Concat(From.Distinct().Select(a => $"from {a.Address} {a.Host}").Order(StringComparer.Ordinal))
                .Select(line => $"{line}\n")
        );

    /// <summary>Reads a file's lines without comments; what is not understood is left out.</summary>
    /// <param name="name">The configuration.</param>
    /// <param name="lines">The lines.</param>
    public static FirewallFragment Parse(string name, IEnumerable<string> lines)
    {
        var words = lines.Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        return new FirewallFragment
        {
            Name = name,
            IsOff = words.Any(w => w is ["off"]),
            Open = [.. words.Select(w => w is ["open", var p] ? Port(p) : null).OfType<OpenPort>()],
            Fleet = [.. words.Select(w => w is ["fleet", var p] ? Port(p) : null).OfType<OpenPort>()],
            From =
            [
                .. words
                    .Select(w =>
                        w is ["from", var a, var h] && IPAddress.TryParse(a, out _) ? new FleetAddress(h, a) : null
                    )
                    .OfType<FleetAddress>(),
            ],
        };
    }

    /// <summary>Its ports in a few words.</summary>
    public override string ToString()
    {
        var ports = Ports(Open).Select(p => $"{p}").Concat(Ports(Fleet).Select(p => $"{p} to its fleet"));
        return string.Join(", ", ports) is { Length: > 0 } all ? $"{Name} ({all})" : Name;
    }

    private static IEnumerable<OpenPort> Ports(IEnumerable<OpenPort> ports) =>
        ports.Distinct().OrderBy(p => p.IsUdp).ThenBy(p => p.Port);

    private static OpenPort? Port(string text) =>
        ushort.TryParse(text.Split('/')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new OpenPort(number, text.EndsWith("/udp", StringComparison.Ordinal))
            : null;
}

/// <summary>An address of a server of the fleet.</summary>
/// <param name="Host">The server's configured name.</param>
/// <param name="Address">An IP address.</param>
public sealed record FleetAddress(string Host, string Address);

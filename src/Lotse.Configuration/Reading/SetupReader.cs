using System.Collections.Immutable;
using System.Globalization;

namespace Lotse.Configuration.Reading;

/// <summary>Reads <c>setup</c>.</summary>
internal static class SetupReader
{
    public static SetupConfig Read(Cursor? cursor)
    {
        var defaults = new SetupConfig();
        if (cursor?.Map(Schema.Setup) is not { } fields)
        {
            return defaults;
        }

        return new SetupConfig
        {
            Login = fields["login"]?.Name("a user's name"),
            PublicKeys = fields["public_keys"].Texts("files"),
            Sudo = fields["sudo"]?.Flag() ?? defaults.Sudo,
            UsesDockersPackages = Engine(fields["engine"]) == "docker",
            Firewall = fields["firewall"]?.Flag() ?? defaults.Firewall,
            OpenPorts = Ports(fields["open_ports"]),
        };
    }

    private static string? Engine(Cursor? cursor)
    {
        var source = cursor?.Name("where the engine comes from");
        if (source is not null and not "distribution" and not "docker")
        {
            cursor!.Error($"'{source}' is no source of packages", "Write distribution, or docker for Docker's own.");
        }

        return source;
    }

    private static ImmutableArray<SetupPort> Ports(Cursor? cursor)
    {
        var ports = ImmutableArray.CreateBuilder<SetupPort>();
        foreach (var item in cursor?.Items("ports") ?? [])
        {
            if (item.Name("a port") is not { } text)
            {
                continue;
            }

            var parts = text.Split('/');
            if (
                parts is [_] or [_, "tcp" or "udp"]
                && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number is > 0 and < 65536
            )
            {
                ports.Add(new SetupPort(number, parts is [_, "udp"]));
            }
            else
            {
                item.Error($"'{text}' is not a port", "Write one like 8443 or 51820/udp.");
            }
        }

        return ports.ToImmutable();
    }
}

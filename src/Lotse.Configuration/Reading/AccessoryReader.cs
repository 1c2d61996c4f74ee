using System.Collections.Immutable;

namespace Lotse.Configuration.Reading;

/// <summary>Reads <c>accessories</c>.</summary>
internal sealed class AccessoryReader(Sites sites, string service, ImmutableArray<RoleConfig> roles)
{
    private static readonly string[] PlaceKeys = ["host", "hosts", "role", "roles", "tag", "tags"];

    private readonly EnvReader envReader = new(sites);

    public ImmutableArray<AccessoryConfig> Read(Cursor? cursor) =>
        [.. (cursor?.Entries("a map of accessories") ?? []).Select(One).OfType<AccessoryConfig>()];

    private AccessoryConfig? One(Cursor cursor)
    {
        var name = cursor.Key;
        if (!NamePatterns.IsContainerPart(name))
        {
            cursor.ErrorAtKey("this cannot be part of a container's name", "Use letters, digits, '.', '_' and '-'.");
        }

        if (cursor.Map(Schema.Accessory) is not { } fields)
        {
            return null;
        }

        var registry = new RegistryReader(sites).Read(fields["registry"]);
        var image = fields.Required("image", "an image", "Name the image, like postgres:17.") ?? "";
        var options = fields["options"].Options();
        return new AccessoryConfig
        {
            Name = name,
            Service = ServiceName(fields["service"]) ?? $"{service}-{name}",
            Image = registry?.Server is { } server ? $"{server}/{image}" : image,
            Registry = registry,
            Hosts = Hosts(fields),
            Port = Port(fields["port"]),
            Cmd = fields["cmd"]?.Name("a command"),
            Env = envReader.Read(fields["env"]),
            Files = MountReader.Read(fields["files"], "files", "755"),
            Directories = MountReader.Read(fields["directories"], "directories", null),
            Volumes = fields["volumes"].Volumes(),
            Options = options.Options,
            Restart = options.Restart,
            Network = fields["network"]?.Name("a network") ?? "kamal",
            Labels = fields["labels"].Labels(),
            Proxy = Proxy(fields["proxy"]),
            HealthCheck = HealthCheck(fields["healthcheck"]),
        };
    }

    private static string? ServiceName(Cursor? cursor)
    {
        var name = cursor?.Name("a name");
        if (name is not null && !NamePatterns.IsContainerPart(name))
        {
            cursor!.Error($"'{name}' cannot be a container's name", "Use letters, digits, '.', '_' and '-'.");
        }

        return name;
    }

    private ImmutableArray<HostConfig> Hosts(Fields fields)
    {
        var given = PlaceKeys.Where(fields.Has).ToList();
        if (given is not [var place])
        {
            const string Cure = "Give one of host, hosts, role, roles, tag or tags.";
            var fact =
                given.Count == 0 ? "it is not said where it runs" : $"{string.Join(" and ", given)} are both given";
            fields.Owner.ErrorAtKey(fact, Cure);
            return [];
        }

        var at = fields[place]!;
        var hosts = place switch
        {
            "host" => HostReader.ReadName(at) is { } host ? [host] : [],
            "hosts" => HostReader.Read(at),
            "role" or "roles" => [.. Items(at, place, "role names").SelectMany(HostsOfRole)],
            _ => Items(at, place, "tags").SelectMany(HostsOfTag),
        };
        return [.. hosts.DistinctBy(h => h.Name)];
    }

    private static IEnumerable<Cursor> Items(Cursor at, string place, string what) =>
        place.EndsWith('s') ? at.Items(what) : [at];

    private IEnumerable<HostConfig> HostsOfRole(Cursor at)
    {
        if (at.Name("a role's name") is not { } name)
        {
            return [];
        }

        if (roles.FirstOrDefault(r => r.Name == name) is { } role)
        {
            return role.Hosts;
        }

        var names = roles.Select(r => r.Name).ToList();
        var cure = Suggestions.Closest(name, names) is { } close
            ? $"Did you mean {close}?"
            : $"Roles under servers: {(names.Count == 0 ? "none" : string.Join(", ", names))}.";
        at.Error($"there is no role '{name}'", cure);
        return [];
    }

    private List<HostConfig> HostsOfTag(Cursor at)
    {
        if (at.Name("a tag") is not { } tag)
        {
            return [];
        }

        var hosts = roles.SelectMany(r => r.Hosts).Where(h => h.Tags.Contains(tag)).ToList();
        if (hosts.Count == 0)
        {
            at.Error($"no host has the tag '{tag}'", "Tag a host under servers, like \"- 192.0.2.10: database\".");
        }

        return hosts;
    }

    private static string? Port(Cursor? cursor)
    {
        if (cursor?.Name("a port") is not { } text)
        {
            return null;
        }

        var mapping = text.Contains(':', StringComparison.Ordinal) ? text : $"{text}:{text}";
        if (!NamePatterns.IsPortMapping(mapping))
        {
            cursor.Error(
                $"'{text}' is not a port mapping",
                "Write port, host:container or address:host:container, in quotes."
            );
        }

        return mapping;
    }

    private ProxyConfig? Proxy(Cursor? cursor) =>
        cursor is null or { AsFlag: false } ? null : new ProxyReader(sites).Read(cursor);

    private static AccessoryHealthCheck? HealthCheck(Cursor? cursor)
    {
        if (cursor?.Map(Schema.AccessoryHealthCheck) is not { } fields)
        {
            return null;
        }

        var command = fields.Required("cmd", "a command", "Give the command that exits with 0 when it is ready.");
        var check = new AccessoryHealthCheck { Cmd = command ?? "" };
        return check with
        {
            Interval = ProxyReader.Positive(fields["interval"]) ?? check.Interval,
            Timeout = ProxyReader.Positive(fields["timeout"]) ?? check.Timeout,
        };
    }
}

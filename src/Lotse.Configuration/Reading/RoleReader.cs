using System.Collections.Immutable;
using Lotse.Configuration.Reading.Yaml;

namespace Lotse.Configuration.Reading;

/// <summary>What every role inherits from the root.</summary>
internal sealed record RoleDefaults
{
    public required string PrimaryRole { get; init; }

    public required Cursor? Proxy { get; init; }

    public required Cursor? Logging { get; init; }

    public required ImmutableSortedDictionary<string, string> Labels { get; init; }

    public required TimeSpan? StopTimeout { get; init; }

    public required TimeSpan DrainTimeout { get; init; }

    public required string? AssetPath { get; init; }
}

/// <summary>Reads <c>servers</c>: a list of hosts is the role <c>web</c>, a map has a role each.</summary>
internal sealed class RoleReader(Sites sites, RoleDefaults defaults)
{
    private static readonly TimeSpan EngineStopTimeout = TimeSpan.FromSeconds(10);

    public ImmutableArray<RoleConfig> Read(Cursor? cursor)
    {
        if (cursor is null)
        {
            return [];
        }

        if (cursor.IsList)
        {
            return [Make("web", HostReader.Read(cursor), null)];
        }

        if (!cursor.IsMap)
        {
            cursor.Error(
                $"expected a list of host names or a map of roles, found {Scalars.Describe(cursor.Node)}",
                "Write the hosts below it, each on a line of its own after \"- \"."
            );
            return [];
        }

        return
        [
            .. cursor.Entries("a map of roles").OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => One(e.Key, e)),
        ];
    }

    private RoleConfig One(string name, Cursor cursor)
    {
        if (!NamePatterns.IsContainerPart(name))
        {
            cursor.ErrorAtKey("this cannot be part of a container's name", "Use letters, digits, '.', '_' and '-'.");
        }

        if (cursor.IsMap)
        {
            var fields = cursor.Map(Schema.Role)!;
            return Make(name, fields["hosts"] is { } hosts ? HostReader.Read(hosts) : [], fields);
        }

        if (!cursor.IsList)
        {
            cursor.Error(
                $"expected a list of host names or a map, found {Scalars.Describe(cursor.Node)}",
                $"Write the hosts below it, each after \"- \". Known keys of a map here: {Schema.Role.Listed}."
            );
            return Make(name, [], null);
        }

        return Make(name, HostReader.Read(cursor), null);
    }

    private RoleConfig Make(string name, ImmutableArray<HostConfig> hosts, Fields? fields)
    {
        var options = fields?["options"].Options() ?? TextReaders.Options(null);
        var proxy = Proxy(name, fields?["proxy"]);
        return new RoleConfig
        {
            Name = name,
            Hosts = hosts,
            Cmd = fields?["cmd"]?.Name("a command"),
            Env = new EnvReader(sites).Read(fields?["env"]),
            Labels = defaults.Labels.SetItems((fields?["labels"]).Labels()),
            Options = options.Options,
            Restart = options.Restart,
            Proxy = proxy,
            Logging = LoggingReader.Read(Inherit(defaults.Logging, fields?["logging"])),
            StopTimeout =
                fields?["stop_timeout"]?.Duration()
                ?? defaults.StopTimeout
                ?? (proxy is null ? defaults.DrainTimeout : EngineStopTimeout),
            AssetPath = fields?["asset_path"]?.Name("a folder") ?? defaults.AssetPath,
        };
    }

    /// <summary>
    /// The primary role is proxied unless it says false; another one only if it says true or gives settings.
    /// </summary>
    private ProxyConfig? Proxy(string name, Cursor? own)
    {
        var isProxied = own is null || own.IsNull ? name == defaults.PrimaryRole : own.AsFlag ?? true;
        if (!isProxied)
        {
            return null;
        }

        var isSettings = own is not null && !own.IsNull && own.AsFlag is null;
        return new ProxyReader(sites).Read(Inherit(defaults.Proxy, isSettings ? own : null));
    }

    private static Cursor? Inherit(Cursor? root, Cursor? own)
    {
        if (root is null || own is null)
        {
            return own ?? root;
        }

        return new Cursor(YamlMerge.Merge(root.Node, own.Node), own.Node.Mark, own.Path, own.Problems);
    }
}

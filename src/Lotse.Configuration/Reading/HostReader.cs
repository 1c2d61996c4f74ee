using System.Collections.Immutable;

namespace Lotse.Configuration.Reading;

/// <summary>Reads lists of hosts: names, or names with tags.</summary>
internal sealed class HostReader(Sites sites)
{
    public ImmutableArray<HostConfig> Read(Cursor cursor)
    {
        var hosts = ImmutableArray.CreateBuilder<HostConfig>();
        foreach (var item in cursor.Items("host names"))
        {
            if (One(item) is not { } host)
            {
                continue;
            }

            if (hosts.Any(h => h.Name == host.Name))
            {
                item.Error($"{host.Name} stands in this list twice", "Remove one of the two.");
                continue;
            }

            hosts.Add(host);
        }

        return hosts.ToImmutable();
    }

    /// <summary>A single host without tags.</summary>
    public HostConfig? ReadName(Cursor cursor) =>
        cursor.Name("a host name") is { } name && IsHost(name, cursor) ? Make(name, [], cursor) : null;

    private HostConfig? One(Cursor item)
    {
        if (!item.IsMap)
        {
            return ReadName(item);
        }

        var entries = item.Entries("a host with its tags").ToList();
        if (entries is not [var tags])
        {
            item.Error(
                $"expected one host with its tags, found {entries.Count} names",
                "Begin each host on a line of its own with \"- \"."
            );
            return null;
        }

        var names = tags.ItemsOrSelf("tags").Select(t => t.Name("a tag")).OfType<string>();
        return IsHost(tags.Key, item) ? Make(tags.Key, [.. names], item) : null;
    }

    private HostConfig Make(string name, ImmutableArray<string> tags, Cursor at)
    {
        sites.AddHost(name, at);
        return new HostConfig { Name = name, Tags = tags };
    }

    private static bool IsHost(string name, Cursor at)
    {
        if (NamePatterns.IsHost(name))
        {
            return true;
        }

        var cure = name.Contains('@', StringComparison.Ordinal)
            ? "Write the address alone; the user and the port belong under ssh."
            : "Write a host name or an IP address, or local for this machine.";
        at.Error($"'{name}' is not a host name", cure);
        return false;
    }
}

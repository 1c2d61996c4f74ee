using System.Collections.Immutable;

namespace Lotse.Configuration.Reading;

/// <summary>Reads lists of hosts: names, or names with tags.</summary>
internal static class HostReader
{
    public static ImmutableArray<HostConfig> Read(Cursor cursor)
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
    public static HostConfig? ReadName(Cursor cursor) =>
        cursor.Name("a host name") is { } name && IsHost(name, cursor) ? new HostConfig { Name = name } : null;

    private static HostConfig? One(Cursor item)
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
        return IsHost(tags.Key, item) ? new HostConfig { Name = tags.Key, Tags = [.. names] } : null;
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

using System.Collections.Immutable;

namespace Lotse.Configuration.Reading.Yaml;

/// <summary>
/// Lays one value over another as Kamal does: maps are merged at every depth, everything else is replaced.
/// </summary>
internal static class YamlMerge
{
    public static YamlNode Merge(YamlNode lower, YamlNode upper) =>
        lower is MapNode a && upper is MapNode b ? Merge(a, b) : upper;

    public static MapNode Merge(MapNode lower, MapNode upper)
    {
        var kept = lower.Entries.Select(e => upper[e.Key] is { } over ? Merge(e, over) : e);
        var added = upper.Entries.Where(e => lower[e.Key] is null);
        return new MapNode(lower.Mark, [.. kept.Concat(added)]);
    }

    private static MapEntry Merge(MapEntry lower, MapEntry upper) =>
        upper with
        {
            Value = Merge(lower.Value, upper.Value),
        };
}

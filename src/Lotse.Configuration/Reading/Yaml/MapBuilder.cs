using System.Collections.Immutable;

namespace Lotse.Configuration.Reading.Yaml;

/// <summary>Collects a map's entries: finds duplicate keys and fills in merge keys.</summary>
internal sealed class MapBuilder(ProblemList problems)
{
    private readonly OrderedDictionary<string, MapEntry> own = new(StringComparer.Ordinal);
    private readonly List<MergeSource> merged = [];

    public void Add(YamlNode key, YamlNode value)
    {
        if (key is not ScalarNode name)
        {
            problems.Error(key.Mark, "", $"a key must be a text, found {Scalars.Describe(key)}", "Write a name.");
        }
        else if (name is { Text: "<<", IsPlain: true })
        {
            AddMerge(name.Mark, value);
        }
        else if (own.TryGetValue(name.Text, out var first))
        {
            problems.Error(
                name.Mark,
                name.Text,
                $"the key stands here for the second time, the first is in line {first.KeyMark.Line}",
                "Remove one of the two."
            );
        }
        else
        {
            own.Add(name.Text, new MapEntry(name.Text, name.Mark, value));
        }
    }

    /// <summary>
    /// The map. Its own keys win over merged ones, and earlier merged maps over later ones, as the merge key's
    /// specification has it.
    /// </summary>
    public MapNode ToNode(Mark mark)
    {
        WarnOfOrder();
        var all = new OrderedDictionary<string, MapEntry>(StringComparer.Ordinal);
        foreach (var entry in own.Values.Concat(merged.SelectMany(m => m.Map.Entries)))
        {
            all.TryAdd(entry.Key, entry);
        }

        return new MapNode(mark, [.. all.Values]);
    }

    private void AddMerge(Mark mark, YamlNode value)
    {
        var sources = value is ListNode list ? list.Items : [value];
        foreach (var source in sources)
        {
            if (source is MapNode map)
            {
                merged.Add(new MergeSource(mark, map));
                continue;
            }

            problems.Error(
                mark,
                "<<",
                $"expected an alias of a map, found {Scalars.Describe(source)}",
                "Write <<: *name, where &name marks a map above."
            );
        }
    }

    /// <summary>Ruby's reader lets a merge key win over keys above it; that would be a silent difference.</summary>
    private void WarnOfOrder()
    {
        foreach (var (mark, map) in merged)
        {
            var above = own.Values.FirstOrDefault(e => map[e.Key] is not null && IsBefore(e.KeyMark, mark));
            if (above is not null)
            {
                problems.Warning(
                    mark,
                    "<<",
                    $"the merged map also has {above.Key}, which stands above: the value above wins here, "
                        + "under Kamal it would not",
                    "Put << first in its map to make the order clear."
                );
            }
        }
    }

    private static bool IsBefore(Mark a, Mark b) => (a.Line, a.Column).CompareTo((b.Line, b.Column)) < 0;

    private sealed record MergeSource(Mark Mark, MapNode Map);
}

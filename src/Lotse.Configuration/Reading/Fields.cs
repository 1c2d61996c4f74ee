using System.Collections.Immutable;
using Lotse.Configuration.Reading.Yaml;

namespace Lotse.Configuration.Reading;

/// <summary>The values of a map whose keys are known. Unknown keys are reported at once.</summary>
internal sealed class Fields
{
    private readonly Cursor owner;
    private readonly MapNode map;

    public Fields(Cursor owner, MapNode map, Section section)
    {
        this.owner = owner;
        this.map = map;
        foreach (var entry in map.Entries.Where(e => !IsKnown(e.Key, section)))
        {
            owner.Problems.Error(
                entry.KeyMark,
                owner.Join(entry.Key),
                "is not a known key",
                Suggestions.ForKey(entry.Key, section)
            );
        }
    }

    public Cursor Owner => owner;

    public ImmutableArray<string> Keys => [.. map.Entries.Select(e => e.Key)];

    /// <summary>The value of a key; null when it is not there.</summary>
    public Cursor? this[string key] => map[key] is { } entry ? owner.Child(entry) : null;

    public bool Has(string key) => map[key] is not null;

    /// <summary>A value that must be there.</summary>
    public string? Required(string key, string what, string cure)
    {
        if (this[key] is { } value)
        {
            return value.Name(what);
        }

        owner.ErrorAtKey($"{key} is missing", cure);
        return null;
    }

    /// <summary>Only the root may hold names of the user's own, behind <c>x-</c>.</summary>
    private static bool IsKnown(string key, Section section) =>
        section.Keys.Contains(key) || (section == Schema.Root && key.StartsWith("x-", StringComparison.Ordinal));
}

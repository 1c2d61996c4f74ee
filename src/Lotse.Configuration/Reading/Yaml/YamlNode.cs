using System.Collections.Immutable;

namespace Lotse.Configuration.Reading.Yaml;

/// <summary>A place in a file; line and column count from 1.</summary>
internal readonly record struct Mark(string File, int Line, int Column);

/// <summary>A value of a YAML file that knows where it stands.</summary>
internal abstract record YamlNode(Mark Mark);

/// <summary>A text, number, switch or nothing: the text as written. Only plain ones can be other than text.</summary>
internal sealed record ScalarNode(Mark Mark, string Text, bool IsPlain) : YamlNode(Mark);

internal sealed record ListNode(Mark Mark, ImmutableArray<YamlNode> Items) : YamlNode(Mark);

internal sealed record MapNode(Mark Mark, ImmutableArray<MapEntry> Entries) : YamlNode(Mark)
{
    private readonly Dictionary<string, MapEntry> byKey = Entries.ToDictionary(e => e.Key, StringComparer.Ordinal);

    public MapEntry? this[string key] => byKey.GetValueOrDefault(key);
}

internal sealed record MapEntry(string Key, Mark KeyMark, YamlNode Value);

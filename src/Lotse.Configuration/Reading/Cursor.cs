using Lotse.Configuration.Reading.Yaml;

namespace Lotse.Configuration.Reading;

/// <summary>
/// A value with its path: reads it as what it should be, and reports what it is instead. Null means that a problem was
/// reported.
/// </summary>
internal sealed class Cursor(YamlNode node, Mark keyMark, string path, ProblemList problems)
{
    private const string TextCure = "Give it a value, or remove the key.";

    /// <summary>The key's own name; empty for the root and for a list's item.</summary>
    public string Key { get; private init; } = "";

    public YamlNode Node => node;

    public string Path => path;

    public ProblemList Problems => problems;

    public bool IsMap => node is MapNode;

    public bool IsList => node is ListNode;

    public bool IsNull => node is ScalarNode scalar && Scalars.IsNull(scalar);

    /// <summary>The value as a switch; null, without a problem, when it is none.</summary>
    public bool? AsFlag => node is ScalarNode scalar ? Scalars.Flag(scalar) : null;

    /// <summary>Where the key stands: <c>file:line:column</c>.</summary>
    public string Place => $"{keyMark.File}:{keyMark.Line}:{keyMark.Column}";

    public Cursor Child(MapEntry entry) =>
        new(entry.Value, entry.KeyMark, Join(entry.Key), problems) { Key = entry.Key };

    public string Join(string name) => path.Length == 0 ? name : $"{path}.{name}";

    public void Error(string fact, string cure) => problems.Error(node.Mark, path, fact, cure);

    /// <summary>A problem at the key, for another list than the cursor's own.</summary>
    public Problem At(Severity severity, string fact, string cure) =>
        new()
        {
            Severity = severity,
            File = keyMark.File,
            Line = keyMark.Line,
            Column = keyMark.Column,
            Path = path,
            Fact = fact,
            Cure = cure,
        };

    public void Warning(string fact, string cure) => problems.Warning(node.Mark, path, fact, cure);

    /// <summary>Reports at the key: for what is missing in the value.</summary>
    public void ErrorAtKey(string fact, string cure) => problems.Error(keyMark, path, fact, cure);

    /// <summary>Any scalar as it is written, so that <c>1.10</c> stays <c>1.10</c>.</summary>
    public string? Text(string what = "a text")
    {
        if (node is ScalarNode scalar && !Scalars.IsNull(scalar))
        {
            return scalar.Text;
        }

        return Expected<string>(what, IsNull ? TextCure : $"Write {what} on the key's line.");
    }

    /// <summary>As <see cref="Text"/>, and not blank.</summary>
    public string? Name(string what)
    {
        var text = Text(what);
        if (text is null || text.Trim().Length > 0)
        {
            return text;
        }

        Error($"expected {what}, found an empty text", TextCure);
        return null;
    }

    /// <summary>
    /// A text that reaches a container or a label: <c>yes</c> and its like become <c>true</c>, as under Kamal.
    /// </summary>
    public string? Value() => AsFlag is { } flag ? (flag ? "true" : "false") : Text();

    public bool? Flag() => AsFlag ?? Expected<bool?>("true or false", "Write true or false, without quotes.");

    public int? Integer(int minimum, int maximum, string what = "a whole number")
    {
        var number = Number(what);
        if (number is null || (number >= minimum && number <= maximum))
        {
            return (int?)number;
        }

        var range =
            maximum == int.MaxValue ? $"Write {minimum} or more." : $"Write a number from {minimum} to {maximum}.";
        Error($"{number} is not possible here", range);
        return null;
    }

    public int? Port() => Integer(1, 65535, "a port number");

    /// <summary>A size in bytes, 0 or more.</summary>
    public long? Bytes()
    {
        var number = Number("a number of bytes");
        if (number is not < 0)
        {
            return number;
        }

        Error($"{number} is not possible here", "Write a number of bytes, 0 or more.");
        return null;
    }

    /// <summary>Seconds as a number, or a number with a unit.</summary>
    public TimeSpan? Duration()
    {
        const string Cure = "Write seconds, like 30, or a number with a unit: 500ms, 10s, 2m or 1h.";
        if (node is not ScalarNode scalar || Scalars.IsNull(scalar))
        {
            return Expected<TimeSpan?>("a time", Cure);
        }

        if (Durations.Parse(scalar.Text) is { } duration)
        {
            return duration;
        }

        Error($"expected a time, found '{scalar.Text}'", Cure);
        return null;
    }

    /// <summary>The items of a list.</summary>
    /// <param name="what">What the list holds, like <c>host names</c>.</param>
    public IEnumerable<Cursor> Items(string what)
    {
        if (node is ListNode list)
        {
            return list.Items.Select((item, i) => new Cursor(item, item.Mark, $"{path}[{i}]", problems));
        }

        Expected<object>($"a list of {what}", "Write each on a line of its own after \"- \", or all in [brackets].");
        return [];
    }

    /// <summary>The items of a list, or the value itself when it is no list.</summary>
    public IEnumerable<Cursor> ItemsOrSelf(string what) => IsList ? Items(what) : [this];

    /// <summary>The entries of a map whose keys are free.</summary>
    public IEnumerable<Cursor> Entries(string what)
    {
        if (node is MapNode map)
        {
            return map.Entries.Select(Child);
        }

        Expected<object>(what, "Write \"name: value\" lines below the key, indented.");
        return [];
    }

    /// <summary>The values of a map whose keys are known; null when it is no map.</summary>
    public Fields? Map(Section section)
    {
        if (node is MapNode map)
        {
            return new Fields(this, map, section);
        }

        return Expected<Fields>(
            "a map",
            $"Write \"name: value\" lines below the key, indented. Known keys here: {section.Listed}."
        );
    }

    private long? Number(string what)
    {
        var number = node is ScalarNode scalar && !Scalars.IsNull(scalar) ? Scalars.Whole(scalar) : null;
        return number ?? Expected<long?>(what, $"Write {what}, without a unit.");
    }

    private T? Expected<T>(string what, string cure)
    {
        Error($"expected {what}, found {Scalars.Describe(node)}", cure);
        return default;
    }
}

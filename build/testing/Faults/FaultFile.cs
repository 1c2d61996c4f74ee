namespace Lotse.TestRuns.Faults;

/// <summary>
/// Reads <c>tests/faults/NAME.fault</c>: lines <c>key: text</c>, where an indented line goes on with the one before, and then pairs of texts between lines that
/// begin with three dashes. README.md beside the files shows one.
/// </summary>
public static class FaultFile
{
    private const string Search = "--- search";
    private const string Replace = "--- replace";
    private const string End = "---";
    private const string Extension = ".fault";
    private static readonly string[] Known = ["wrong", "breaks", "caught by", "only in all", "file"];

    /// <summary>The folder of the files, relative to the repository's.</summary>
    public static string Folder { get; } = Path.Combine("tests", "faults");

    /// <summary>All faults, by name.</summary>
    /// <param name="root">The repository's folder.</param>
    /// <exception cref="FaultFileException">Some files do not have the form.</exception>
    public static IReadOnlyList<Fault> ReadAll(string root)
    {
        var faults = new List<Fault>();
        var problems = new List<string>();
        foreach (
            var file in Directory.GetFiles(Path.Combine(root, Folder), "*" + Extension).Order(StringComparer.Ordinal)
        )
        {
            try
            {
                faults.Add(Parse(Path.GetFileNameWithoutExtension(file), File.ReadAllText(file)));
            }
            catch (FaultFileException wrong)
            {
                problems.AddRange(wrong.Problems);
            }
        }

        return problems.Count == 0 ? faults : throw new FaultFileException(problems);
    }

    /// <summary>Reads one file's text.</summary>
    /// <param name="name">The fault's name.</param>
    /// <param name="text">The text.</param>
    /// <exception cref="FaultFileException">It does not have the form.</exception>
    public static Fault Parse(string name, string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n').ToList();
        var start = lines.FindIndex(l => l.StartsWith(End, StringComparison.Ordinal));
        if (start < 0)
        {
            throw Wrong(name, $"there is nothing to replace: `{Search}` is missing");
        }

        var fields = ReadFields(name, lines[..start]);
        string Single(string key) =>
            fields.FindAll(f => f.Key == key) is [var only]
                ? only.Text
                : throw Wrong(name, $"`{key}:` must be there, and only once");
        return new Fault
        {
            Name = name,
            Wrong = Single("wrong"),
            Breaks = Single("breaks"),
            CaughtBy = fields.FindAll(f => f.Key == "caught by") is { Count: > 0 } tests
                ? tests.ConvertAll(t => Selection(t.Text))
                : throw Wrong(name, "`caught by:` is missing"),
            OnlyInAll = fields.Exists(f => f.Key == "only in all") ? Single("only in all") : null,
            File = Single("file"),
            Replacements = ReadReplacements(name, lines[start..]),
        };
    }

    private static List<(string Key, string Text)> ReadFields(string name, List<string> lines)
    {
        var fields = new List<(string Key, string Text)>();
        foreach (var line in lines.Where(l => l.Length > 0))
        {
            if (line[0] == ' ' && fields.Count > 0)
            {
                fields[^1] = (fields[^1].Key, $"{fields[^1].Text} {line.Trim()}");
                continue;
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0 || !Known.Contains(line[..colon]))
            {
                throw Wrong(
                    name,
                    $"`{line}` does not begin with one of {string.Join(", ", Known.Select(k => k + ":"))}"
                );
            }

            fields.Add((line[..colon], line[(colon + 1)..].Trim()));
        }

        return fields.Find(f => f.Text.Length == 0) is { Key: { } empty }
            ? throw Wrong(name, $"`{empty}:` has no text")
            : fields;
    }

    private static List<Replacement> ReadReplacements(string name, List<string> lines)
    {
        var replacements = new List<Replacement>();
        while (lines.Exists(l => l.Length > 0))
        {
            var (middle, end) = (lines.IndexOf(Replace), lines.IndexOf(End));
            var isWhole = lines[0] == Search && middle > 1 && end > middle;
            if (!isWhole || lines[..end].Count(l => l.StartsWith(End, StringComparison.Ordinal)) != 2)
            {
                throw Wrong(
                    name,
                    $"a replacement is a line `{Search}`, the text, `{Replace}`, the other text, `{End}`"
                );
            }

            replacements.Add(
                new Replacement(string.Join('\n', lines[1..middle]), string.Join('\n', lines[(middle + 1)..end]))
            );
            lines = lines[(end + 1)..];
        }

        return replacements;
    }

    private static TestSelection Selection(string text)
    {
        var words = text.Split(' ', 2, StringSplitOptions.TrimEntries);
        return new TestSelection(words[0], words.Length > 1 ? words[1] : "");
    }

    private static FaultFileException Wrong(string name, string fact) =>
        new([$"{Path.Combine(Folder, name + Extension)}: {fact}."]);
}

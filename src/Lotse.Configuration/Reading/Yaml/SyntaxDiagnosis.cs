using System.Text.RegularExpressions;

namespace Lotse.Configuration.Reading.Yaml;

/// <summary>
/// Says in plain words why a file is no YAML. The parser's own position is only where it gave up; what a person did
/// wrong is found by looking at the text around it.
/// </summary>
internal static partial class SyntaxDiagnosis
{
    private const string QuoteIt = "Put the whole value in double quotes.";

    /// <param name="text">The file.</param>
    /// <param name="start">Where the parser's complaint begins.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="openBracket">The innermost bracket that was open.</param>
    /// <param name="detail">The parser's own words, for when nothing better is found.</param>
    public static Problem Explain(string text, Mark start, Mark end, Mark? openBracket, string detail)
    {
        var lines = text.Split('\n').Select(l => l.TrimEnd('\r')).ToArray();
        return Tab(lines, start, end)
            ?? Quote(lines, start, end)
            ?? Bracket(openBracket)
            ?? FirstCharacter(lines, start)
            ?? Colon(lines, start)
            ?? Indentation(lines, start)
            ?? NoColon(lines, start)
            ?? At(
                start,
                $"this is not valid YAML ({detail.TrimEnd('.')})",
                "Check indentation, colons and quotes around here."
            );
    }

    private static Problem? Tab(string[] lines, Mark start, Mark end)
    {
        for (var i = start.Line; i <= Math.Min(end.Line + 1, lines.Length); i++)
        {
            var indent = IndentOf(lines[i - 1]);
            var tab = lines[i - 1].AsSpan(0, indent).IndexOf('\t');
            if (tab >= 0)
            {
                return At(new Mark(start.File, i, tab + 1), "a tab is used for indentation", "Indent with spaces.");
            }
        }

        return null;
    }

    private static Problem? Quote(string[] lines, Mark start, Mark end)
    {
        var first = CharacterAt(lines, start);
        if (first is '\'' or '"' && end.Line > start.Line)
        {
            return At(
                start,
                $"the quote {first} that begins here is not closed",
                $"Add {first} at the end of the value."
            );
        }

        if (first == '"' && end.Line == start.Line)
        {
            return At(
                start,
                "a backslash in this quoted text begins no known escape",
                "Write two backslashes, or use single quotes."
            );
        }

        var before =
            start.Line <= lines.Length
                ? lines[start.Line - 1][..Math.Min(start.Column - 1, lines[start.Line - 1].Length)]
                : "";
        var quoted = before.TrimEnd() is [.., '\'' or '"'];
        return quoted && before.Contains(": ", StringComparison.Ordinal)
            ? At(
                start,
                "text follows the closing quote",
                "Put the whole value in double quotes, or write '' for a single quote inside."
            )
            : null;
    }

    private static Problem? Bracket(Mark? open) =>
        open is { } mark ? At(mark, "the bracket that begins here is not closed", "Add the closing bracket.") : null;

    private static Problem? FirstCharacter(string[] lines, Mark start)
    {
        var first = CharacterAt(lines, start);
        var isValue = start.Column > 1 && lines[start.Line - 1][..(start.Column - 1)].TrimEnd().EndsWith(':');
        return
            (isValue && first == '-')
            || first is '@' or '`' or '%' or '&' or '*' or '!' or '|' or '>' or ']' or '}' or ','
            ? At(start, $"a value cannot begin with {first}", QuoteIt)
            : null;
    }

    private static Problem? Colon(string[] lines, Mark start)
    {
        foreach (var number in new[] { start.Line - 1, start.Line })
        {
            if (LineAt(lines, number) is { } line && MissingSpace().Match(line) is { Success: true } match)
            {
                var mark = new Mark(start.File, number, match.Groups["colon"].Index + 1);
                return At(mark, "a space is missing after the colon", "Write \"name: value\".");
            }
        }

        return LineAt(lines, start.Line) is { } here && TwoColons().IsMatch(here)
            ? At(start, "there is a second \": \" in this line", QuoteIt)
            : null;
    }

    private static Problem? Indentation(string[] lines, Mark start)
    {
        if (LineAt(lines, start.Line) is not { } line || line.Trim().Length == 0)
        {
            return null;
        }

        var indent = IndentOf(line);
        var above = lines.Take(start.Line - 1).LastOrDefault(IsContent);
        if (above is null)
        {
            return null;
        }

        var mark = start with { Column = indent + 1 };
        if (indent > IndentOf(above))
        {
            const string Cure = "Give both lines the same indentation.";
            return At(mark, "this line is indented deeper than the one above, which has a value already", Cure);
        }

        if (!lines.Take(start.Line - 1).Where(IsContent).Any(l => LevelsOf(l).Contains(indent)))
        {
            return At(
                mark,
                "this line's indentation matches no line above",
                "Indent it exactly like the lines it belongs to."
            );
        }

        var isItem = line.AsSpan(indent).StartsWith("- ");
        return isItem == above.AsSpan(IndentOf(above)).StartsWith("- ")
            ? null
            : At(
                mark,
                "list entries and keys are mixed",
                "Use either \"- value\" lines or \"name: value\" lines at one level."
            );
    }

    private static Problem? NoColon(string[] lines, Mark start) =>
        LineAt(lines, start.Line) is { Length: > 0 } line && !line.Contains(':', StringComparison.Ordinal)
            ? At(start with { Column = IndentOf(line) + 1 }, "this line has no colon", "Write \"name: value\".")
            : null;

    private static bool IsContent(string line) => line.AsSpan().Trim() is { Length: > 0 } text && text[0] != '#';

    /// <summary>The columns at which a line opens a level: its own, and that of a key behind "- ".</summary>
    private static IEnumerable<int> LevelsOf(string line)
    {
        var indent = IndentOf(line);
        yield return indent;
        if (line.AsSpan(indent).StartsWith("- "))
        {
            yield return indent + 2;
        }
    }

    private static int IndentOf(string line) => line.Length - line.TrimStart(' ', '\t').Length;

    private static string? LineAt(string[] lines, int number) =>
        number >= 1 && number <= lines.Length ? lines[number - 1] : null;

    private static char? CharacterAt(string[] lines, Mark mark) =>
        LineAt(lines, mark.Line) is { } line && mark.Column <= line.Length ? line[mark.Column - 1] : null;

    private static Problem At(Mark mark, string fact, string cure) =>
        new()
        {
            File = mark.File,
            Line = mark.Line,
            Column = mark.Column,
            Fact = fact,
            Cure = cure,
        };

    [GeneratedRegex(@"\A\s*(- )?[A-Za-z_][\w-]*(?<colon>:)[^\s:/]", RegexOptions.CultureInvariant)]
    private static partial Regex MissingSpace();

    [GeneratedRegex("""\A\s*(- )?[^\s"'#][^:#]*:\s+[^"'\[{#\s][^#]*:(\s|\z)""", RegexOptions.CultureInvariant)]
    private static partial Regex TwoColons();
}

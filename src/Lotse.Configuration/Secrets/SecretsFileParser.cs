using System.Collections.Immutable;
using Lotse.Configuration.Reading;
using Lotse.Configuration.Reading.Yaml;

namespace Lotse.Configuration.Secrets;

/// <summary>
/// Reads the lines of a secrets file: <c>[export] NAME=value</c>, comments, quotes over several lines. What is no such
/// line is a problem; its text is never shown, as it may be a part of a secret.
/// </summary>
internal sealed class SecretsFileParser
{
    private readonly string file;
    private readonly string text;
    private readonly ProblemList problems;
    private readonly ImmutableArray<SecretLine>.Builder lines = ImmutableArray.CreateBuilder<SecretLine>();
    private int at;
    private int line = 1;
    private int lineStart;

    private SecretsFileParser(string file, string text, ProblemList problems)
    {
        this.file = file;
        this.text = text.Replace("\r\n", "\n", StringComparison.Ordinal);
        this.problems = problems;
    }

    public static ImmutableArray<SecretLine> Parse(string file, string text, ProblemList problems)
    {
        var parser = new SecretsFileParser(file, text, problems);
        while (parser.at < parser.text.Length)
        {
            parser.Line();
            parser.SkipLine();
        }

        return parser.lines.ToImmutable();
    }

    private void Line()
    {
        SkipBlanks();
        if (IsEnd || text[at] == '#')
        {
            return;
        }

        var mark = Here;
        var name = Word();
        if (name == "export" && !IsEnd && text[at] is ' ' or '\t')
        {
            SkipBlanks();
            mark = Here;
            name = Word();
        }

        SkipBlanks();
        if (name.Length == 0 || IsEnd || text[at] is not ('=' or ':'))
        {
            problems.Error(mark, "", "this line is not NAME=value", "Write NAME=value, or # in front of a comment.");
            return;
        }

        at++;
        SkipBlanks();
        if (Value(mark, name) is { } value)
        {
            lines.Add(new SecretLine(lines.Count, name, mark, value));
        }
    }

    private ImmutableArray<ValuePart>? Value(Mark mark, string name)
    {
        if (IsEnd)
        {
            return [];
        }

        if (text[at] is '\'' or '"')
        {
            return Quoted(mark, name, text[at]);
        }

        return Parts(mark, name, Unquoted(name));
    }

    private ImmutableArray<ValuePart>? Parts(Mark mark, string name, string value)
    {
        var parts = ValueParser.Parse(value);
        if (parts is null)
        {
            const string Cure = "Close it in the same line, or put \"…\" around a value of several lines.";
            problems.Error(mark, name, "the command in $(…) has no closing bracket", Cure);
        }

        return parts;
    }

    private ImmutableArray<ValuePart>? Quoted(Mark mark, string name, char quote)
    {
        var start = at + 1;
        var end = start;
        while (end < text.Length && text[end] != quote)
        {
            end += text[end] == '\\' && end + 1 < text.Length && text[end + 1] == quote ? 2 : 1;
        }

        if (end >= text.Length)
        {
            problems.Error(
                Here,
                name,
                $"the quote {quote} that begins here is not closed",
                $"Add {quote} behind the value."
            );
            at = text.Length;
            return null;
        }

        var value = text[start..end];
        CountLines(start, end);
        at = end + 1;
        SkipBlanks();
        if (!IsEnd && text[at] != '#')
        {
            problems.Error(mark, name, "text follows the closing quote", "Put the whole value in one pair of quotes.");
            return null;
        }

        return quote == '\'' ? [new LiteralPart(value)] : Parts(mark, name, value);
    }

    /// <summary>Up to the line's end or a comment; a command may hold anything but a line's end.</summary>
    private string Unquoted(string name)
    {
        var start = at;
        while (!IsEnd && text[at] != '#')
        {
            at = EndOfCommandHere() ?? at + 1;
        }

        if (!IsEnd && at > start && !char.IsWhiteSpace(text[at - 1]))
        {
            problems.Warning(
                Here,
                name,
                "the value ends here, as # begins a comment",
                "Put the value in single quotes if # is a part of it."
            );
        }

        return text[start..at].Trim();
    }

    private int? EndOfCommandHere()
    {
        if (text[at] != '$' || at + 1 >= text.Length || text[at + 1] != '(')
        {
            return null;
        }

        var end = ValueParser.EndOfCommand(text, at + 1);
        return end > 0 && text.IndexOf('\n', at, end - at) < 0 ? end : null;
    }

    private bool IsEnd => at >= text.Length || text[at] == '\n';

    private Mark Here => new(file, line, at - lineStart + 1);

    private string Word()
    {
        var start = at;
        while (!IsEnd && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '_' or '.'))
        {
            at++;
        }

        return text[start..at];
    }

    private void SkipBlanks()
    {
        while (!IsEnd && char.IsWhiteSpace(text[at]))
        {
            at++;
        }
    }

    private void SkipLine()
    {
        while (!IsEnd)
        {
            at++;
        }

        at++;
        line++;
        lineStart = at;
    }

    private void CountLines(int start, int end)
    {
        for (var i = start; i < end; i++)
        {
            if (text[i] == '\n')
            {
                line++;
                lineStart = i + 1;
            }
        }
    }
}

using System.Collections.Immutable;
using System.Text;

namespace Lotse.Configuration.Secrets;

/// <summary>
/// Splits a value into text, variables and commands, as dotenv 3 and Kamal read them: a backslash takes the meaning
/// from what follows, except within a command, which a shell will read.
/// </summary>
internal sealed class ValueParser
{
    private readonly string text;
    private readonly ImmutableArray<ValuePart>.Builder parts = ImmutableArray.CreateBuilder<ValuePart>();
    private readonly StringBuilder literal = new();
    private int at;

    private ValueParser(string text) => this.text = text;

    /// <param name="text">The value without its quotes.</param>
    /// <returns>The parts; null when a command has no closing bracket.</returns>
    public static ImmutableArray<ValuePart>? Parse(string text)
    {
        var parser = new ValueParser(text);
        while (parser.at < text.Length)
        {
            if (!parser.Step())
            {
                return null;
            }
        }

        return parser.Finish();
    }

    /// <summary>
    /// The index behind the bracket that closes the one at <paramref name="open"/>; -1 when none does.
    /// </summary>
    public static int EndOfCommand(string text, int open)
    {
        var depth = 0;
        for (var i = open; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\\':
                    i++;
                    break;
                case '(':
                    depth++;
                    break;
                case ')' when --depth == 0:
                    return i + 1;
            }
        }

        return -1;
    }

    private bool Step()
    {
        var c = text[at];
        if (c == '\\' && at + 1 < text.Length)
        {
            literal.Append(text[at + 1]);
            at += 2;
        }
        else if (c == '$' && at + 1 < text.Length && text[at + 1] == '(')
        {
            return Command();
        }
        else if (c == '$' && VariableAt(text, at) is { } variable)
        {
            Add(new VariablePart(variable.Name));
            at = variable.End;
        }
        else
        {
            literal.Append(c);
            at++;
        }

        return true;
    }

    private bool Command()
    {
        var end = EndOfCommand(text, at + 1);
        if (end < 0)
        {
            return false;
        }

        Add(new CommandPart(CommandParts(text[(at + 2)..(end - 1)])));
        at = end;
        return true;
    }

    /// <summary>Only variables are looked for: quotes and backslashes are the shell's.</summary>
    private static ImmutableArray<ValuePart> CommandParts(string command)
    {
        var parser = new ValueParser(command);
        while (parser.at < command.Length)
        {
            var escaped = parser.at > 0 && command[parser.at - 1] == '\\';
            if (!escaped && command[parser.at] == '$' && VariableAt(command, parser.at) is { } variable)
            {
                parser.Add(new VariablePart(variable.Name));
                parser.at = variable.End;
            }
            else
            {
                parser.literal.Append(command[parser.at++]);
            }
        }

        return parser.Finish();
    }

    private static (string Name, int End)? VariableAt(string text, int dollar)
    {
        var isBraced = dollar + 1 < text.Length && text[dollar + 1] == '{';
        var start = dollar + (isBraced ? 2 : 1);
        var end = start;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_'))
        {
            end++;
        }

        var isName = end > start && !char.IsAsciiDigit(text[start]);
        if (!isName || (isBraced && (end == text.Length || text[end] != '}')))
        {
            return null;
        }

        return (text[start..end], isBraced ? end + 1 : end);
    }

    private void Add(ValuePart part)
    {
        Flush();
        parts.Add(part);
    }

    private void Flush()
    {
        if (literal.Length > 0)
        {
            parts.Add(new LiteralPart(literal.ToString()));
            literal.Clear();
        }
    }

    private ImmutableArray<ValuePart> Finish()
    {
        Flush();
        return parts.ToImmutable();
    }
}

using System.Text;

namespace Lotse.Hosts.Ssh.Access.Configuration;

/// <summary>One setting of an ssh_config(5) file.</summary>
/// <param name="Site">File and line, as it is to be shown.</param>
/// <param name="Keyword">The keyword, in lower case.</param>
/// <param name="Text">What follows it, as it stands there: a command is the shell's to take apart.</param>
/// <param name="Arguments">The same as words, unquoted.</param>
internal sealed record ConfigLine(string Site, string Keyword, string Text, IReadOnlyList<string> Arguments)
{
    /// <summary>The first argument; empty when there is none.</summary>
    public string Value => Arguments.Count > 0 ? Arguments[0] : "";

    /// <summary>Reads a line; null when it is empty or a comment.</summary>
    public static ConfigLine? Parse(string line, string site)
    {
        var text = line.Trim();
        if (text.Length == 0 || text[0] == '#')
        {
            return null;
        }

        var end = text.AsSpan().IndexOfAny(" \t=\"");
        var keyword = end < 0 ? text : text[..end];
        var rest = end < 0 ? "" : text[end..].TrimStart();
        if (rest.StartsWith('='))
        {
            rest = rest[1..].TrimStart();
        }

        return new ConfigLine(site, keyword.ToLowerInvariant(), rest, [.. Words(rest)]);
    }

    /// <summary>Words as OpenSSH reads them: in double or single quotes, where a backslash keeps a quote, a backslash or a blank from what it means.</summary>
    private static List<string> Words(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var (quote, isOpen) = ('\0', false);
        for (var at = 0; at < text.Length; at++)
        {
            var c = text[at];
            if (c == '\\' && at + 1 < text.Length && IsKept(text[at + 1], quote))
            {
                word.Append(text[++at]);
                isOpen = true;
            }
            else if (quote == '\0' ? c is '"' or '\'' : c == quote)
            {
                (quote, isOpen) = (quote == '\0' ? c : '\0', true);
            }
            else if (quote != '\0' || c is not (' ' or '\t'))
            {
                if (c == '#' && quote == '\0' && !isOpen)
                {
                    break;
                }

                word.Append(c);
                isOpen = true;
            }
            else if (isOpen)
            {
                words.Add(word.ToString());
                word.Clear();
                isOpen = false;
            }
        }

        return isOpen ? [.. words, word.ToString()] : words;
    }

    private static bool IsKept(char c, char quote) => c is '"' or '\'' or '\\' || (quote == '\0' && c == ' ');
}

using System.Text;

namespace Lotse.Hosts.Ssh.Access.Configuration;

/// <summary>One setting of an ssh_config(5) file.</summary>
/// <param name="Site">File and line, as it is to be shown.</param>
/// <param name="Keyword">The keyword, in lower case.</param>
/// <param name="Arguments">What follows it, unquoted.</param>
internal sealed record ConfigLine(string Site, string Keyword, IReadOnlyList<string> Arguments)
{
    /// <summary>The first argument; empty when there is none.</summary>
    public string Value => Arguments.Count > 0 ? Arguments[0] : "";

    /// <summary>All arguments, with blanks between: for commands.</summary>
    public string Text => string.Join(' ', Arguments);

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

        return new ConfigLine(site, keyword.ToLowerInvariant(), [.. Words(rest)]);
    }

    private static IEnumerable<string> Words(string text)
    {
        var word = new StringBuilder();
        var (isQuoted, isOpen) = (false, false);
        foreach (var c in text)
        {
            if (c == '"')
            {
                (isQuoted, isOpen) = (!isQuoted, true);
            }
            else if (isQuoted || c is not (' ' or '\t'))
            {
                if (c == '#' && !isQuoted && !isOpen)
                {
                    yield break;
                }

                word.Append(c);
                isOpen = true;
            }
            else if (isOpen)
            {
                yield return word.ToString();
                word.Clear();
                isOpen = false;
            }
        }

        if (isOpen)
        {
            yield return word.ToString();
        }
    }
}

using System.Text;
using System.Text.RegularExpressions;

namespace Lotse.Hosts.Images.Context;

/// <summary>One line of a <c>.dockerignore</c>, with the meaning Moby's patternmatcher gives it.</summary>
internal sealed class IgnorePattern
{
    private readonly Regex _regex;

    private IgnorePattern(string text, bool negated)
    {
        Text = text;
        IsNegated = negated;
        _regex = new(Translate(text), RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
    }

    /// <summary>The cleaned pattern, without the exclamation mark.</summary>
    public string Text { get; }

    /// <summary>Whether it takes files in again.</summary>
    public bool IsNegated { get; }

    public bool IsMatch(string path) => _regex.IsMatch(path);

    /// <summary>Whether the pattern, or one of its beginnings, could match something below a folder.</summary>
    public bool CouldMatchBelow(string folder)
    {
        var wanted = folder.Split('/');
        var parts = Text.Split('/');
        for (var i = 0; i < parts.Length && i < wanted.Length; i++)
        {
            if (parts[i].Contains("**", StringComparison.Ordinal))
            {
                return true;
            }

            if (!Regex.IsMatch(wanted[i], Translate(parts[i]), RegexOptions.CultureInvariant))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Reads one line; null for an empty one or a comment. Throws <see cref="FormatException"/> for a broken pattern.</summary>
    public static IgnorePattern? Parse(string line)
    {
        if (line.StartsWith('#'))
        {
            return null;
        }

        var text = line.Trim();
        var negated = text.StartsWith('!');
        text = Clean(negated ? text[1..].Trim() : text);
        if (text.Length == 0)
        {
            return negated ? throw new FormatException("an exclamation mark stands alone") : null;
        }

        try
        {
            return new(text, negated);
        }
        catch (ArgumentException)
        {
            throw new FormatException($"`{line.Trim()}` is no valid pattern");
        }
    }

    /// <summary>As Go's filepath.Clean and the removal of a leading slash: <c>/a//./b/../c/</c> is <c>a/c</c>.</summary>
    private static string Clean(string pattern)
    {
        var parts = new List<string>();
        foreach (var part in pattern.Replace('\\' == Path.DirectorySeparatorChar ? '\\' : '/', '/').Split('/'))
        {
            if (part == ".." && parts.Count > 0 && parts[^1] != "..")
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part.Length > 0 && part != "." && (part != ".." || !pattern.StartsWith('/')))
            {
                parts.Add(part);
            }
        }

        return parts.Count == 0 && pattern.Length > 0 ? "." : string.Join('/', parts);
    }

    private static string Translate(string pattern)
    {
        var regex = new StringBuilder("^");
        for (var at = 0; at < pattern.Length; at++)
        {
            var character = pattern[at];
            switch (character)
            {
                case '*' when Next(pattern, at) == '*':
                    at++;
                    at += Next(pattern, at) == '/' ? 1 : 0;
                    regex.Append(at == pattern.Length - 1 ? ".*" : "(.*/)?");
                    break;
                case '*':
                    regex.Append("[^/]*");
                    break;
                case '?':
                    regex.Append("[^/]");
                    break;
                case '[':
                    at = CopyClass(pattern, at, regex);
                    break;
                case '\\' when at + 1 < pattern.Length:
                    regex.Append(Regex.Escape(pattern[++at].ToString()));
                    break;
                default:
                    regex.Append(Regex.Escape(character.ToString()));
                    break;
            }
        }

        return regex.Append('$').ToString();
    }

    private static char Next(string pattern, int at) => at + 1 < pattern.Length ? pattern[at + 1] : '\0';

    /// <summary>A character class is copied as it is; one that is not closed makes the regex, and so the pattern, invalid.</summary>
    private static int CopyClass(string pattern, int at, StringBuilder regex)
    {
        var end = pattern.IndexOf(']', Math.Min(at + 2, pattern.Length));
        end = end < 0 ? pattern.Length - 1 : end;
        regex.Append(pattern, at, end - at + 1);
        return end;
    }
}

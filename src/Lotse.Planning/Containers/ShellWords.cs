using System.Collections.Immutable;
using System.Text;

namespace Lotse.Planning.Containers;

/// <summary>A command line's words, as a POSIX shell reads them: blanks separate, quotes and backslashes keep together.</summary>
public static class ShellWords
{
    /// <summary>A word for a POSIX shell, whatever is in it.</summary>
    public static string Quote(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>The words; none for an empty line or null.</summary>
    public static ImmutableArray<string> Split(string? line)
    {
        var words = ImmutableArray.CreateBuilder<string>();
        var word = new StringBuilder();
        var isOpen = false;
        var quote = '\0';
        for (var i = 0; i < (line?.Length ?? 0); i++)
        {
            var c = line![i];
            if (c == '\\' && quote != '\'' && i + 1 < line.Length)
            {
                word.Append(line[++i]);
                isOpen = true;
            }
            else if (quote != '\0' ? c == quote : c is '\'' or '"')
            {
                quote = quote == '\0' ? c : '\0';
                isOpen = true;
            }
            else if (quote == '\0' && char.IsWhiteSpace(c))
            {
                if (isOpen)
                {
                    words.Add(word.ToString());
                }

                word.Clear();
                isOpen = false;
            }
            else
            {
                word.Append(c);
                isOpen = true;
            }
        }

        if (isOpen)
        {
            words.Add(word.ToString());
        }

        return words.ToImmutable();
    }
}

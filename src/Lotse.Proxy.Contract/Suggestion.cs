namespace Lotse.Proxy.Contract;

/// <summary>Finds the word that was probably meant.</summary>
internal static class Suggestion
{
    private const int MostEdits = 3;

    /// <summary>" Did you mean …?", or nothing where no word is near.</summary>
    public static string For(string word, IEnumerable<string> known, string prefix)
    {
        var near = known.Select(k => (Word: k, Edits: Edits(word, k))).MinBy(k => k.Edits);
        return near.Word is not null && near.Edits <= Math.Min(MostEdits, word.Length / 2)
            ? $" Did you mean {prefix}{near.Word}?"
            : "";
    }

    /// <summary>The Levenshtein distance, one row at a time.</summary>
    private static int Edits(string from, string to)
    {
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var replaced = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}

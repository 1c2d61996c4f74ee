namespace Lotse.Configuration.Reading;

/// <summary>Guesses what was meant.</summary>
internal static class Suggestions
{
    public static string ForKey(string key, Section section)
    {
        if (Closest(key, section.Keys) is { } close)
        {
            return $"Did you mean {close}?";
        }

        var elsewhere = Schema.All.FirstOrDefault(s => s != section && s.Keys.Contains(key));
        return elsewhere switch
        {
            null => $"Known keys here: {section.Listed}.",
            { Path: "" } => "It belongs to the top level, without indentation.",
            _ => $"It belongs under {elsewhere.Path}.",
        };
    }

    /// <summary>The candidate that differs by the fewest typing mistakes; null when none is close.</summary>
    public static string? Closest(string name, IEnumerable<string> candidates) =>
        candidates
            .Select(c => (Name: c, Distance: Distance(name.ToLowerInvariant(), c.ToLowerInvariant())))
            .Where(c => c.Distance <= Math.Max(1, Math.Min(name.Length, c.Name.Length) / 3))
            .OrderBy(c => c.Distance)
            .Select(c => c.Name)
            .FirstOrDefault();

    /// <summary>Optimal string alignment distance: insert, delete, replace, swap neighbours.</summary>
    private static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                d[i, j] = i == 0 || j == 0 ? i + j : Cell(d, a, b, i, j);
            }
        }

        return d[a.Length, b.Length];
    }

    private static int Cell(int[,] d, string a, string b, int i, int j)
    {
        var best = Math.Min(Math.Min(d[i - 1, j], d[i, j - 1]) + 1, d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
        var isSwap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
        return isSwap ? Math.Min(best, d[i - 2, j - 2] + 1) : best;
    }
}

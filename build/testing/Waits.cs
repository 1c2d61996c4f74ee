using System.Globalization;

namespace Lotse.TestRuns;

/// <summary>What tests waited for, read from the lines by which they tell it: <c>[waited] 3.214 s: server boot</c>.</summary>
internal static class Waits
{
    private const string Mark = "[waited] ";
    private const string Unit = " s: ";

    /// <summary>How long was waited for what, by kind.</summary>
    public static IReadOnlyDictionary<string, TimeSpan> Read(string output)
    {
        var waits = new Dictionary<string, TimeSpan>();
        foreach (var line in output.Split('\n'))
        {
            var colon = line.IndexOf(Unit, StringComparison.Ordinal);
            if (
                line.StartsWith(Mark, StringComparison.Ordinal)
                && colon > 0
                && double.TryParse(
                    line.AsSpan(Mark.Length, colon - Mark.Length),
                    NumberStyles.Float,
                    CultureInfo.InvariantCulture,
                    out var seconds
                )
            )
            {
                var what = line[(colon + Unit.Length)..].Trim();
                waits[what] = waits.GetValueOrDefault(what) + TimeSpan.FromSeconds(seconds);
            }
        }

        return waits;
    }

    /// <summary>Longest first: <c>deploy 12.1 s, server boot 3.2 s</c>.</summary>
    public static string Describe(IEnumerable<KeyValuePair<string, TimeSpan>> waits) =>
        string.Join(
            ", ",
            waits
                .Where(w => w.Value >= TimeSpan.FromSeconds(0.1))
                .OrderByDescending(w => w.Value)
                .Select(w => string.Create(CultureInfo.InvariantCulture, $"{w.Key} {w.Value.TotalSeconds:0.0} s"))
        );
}

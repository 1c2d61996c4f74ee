using System.Globalization;

namespace Lotse.Proxy.Contract;

/// <summary>
/// Durations as Go writes them (<see href="https://pkg.go.dev/time#ParseDuration"/>), which kamal-proxy's flags take: <c>300ms</c>, <c>1m30s</c>.
/// </summary>
internal static class Durations
{
    /// <summary>The longest that is taken: timers cannot count much further.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    // Longer names first: "m" begins "ms" as well.
    private static readonly (string Unit, double Milliseconds)[] Units =
    [
        ("ms", 1),
        ("us", 0.001),
        ("µs", 0.001),
        ("ns", 0.000_001),
        ("h", 3_600_000),
        ("m", 60_000),
        ("s", 1000),
    ];

    public static string Format(TimeSpan duration) =>
        string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0.####}ms");

    /// <summary>Reads a duration of up to <see cref="Longest"/>. A bare 0 needs no unit.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (text == "0")
        {
            return true;
        }

        var milliseconds = 0.0;
        var rest = text;
        while (rest.Length > 0)
        {
            if (!TryTake(ref rest, ref milliseconds))
            {
                return false;
            }
        }

        if (text.Length == 0 || milliseconds > Longest.TotalMilliseconds)
        {
            return false;
        }

        duration = TimeSpan.FromMilliseconds(milliseconds);
        return true;
    }

    private static bool TryTake(ref string rest, ref double milliseconds)
    {
        var length = rest.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
        var (number, unitAndMore) = (rest[..length], rest[length..]);
        var unit = Units.FirstOrDefault(u => unitAndMore.StartsWith(u.Unit, StringComparison.Ordinal));
        const NumberStyles Style = NumberStyles.AllowDecimalPoint;
        if (unit.Unit is null || !double.TryParse(number, Style, CultureInfo.InvariantCulture, out var count))
        {
            return false;
        }

        milliseconds += count * unit.Milliseconds;
        rest = unitAndMore[unit.Unit.Length..];
        return true;
    }
}

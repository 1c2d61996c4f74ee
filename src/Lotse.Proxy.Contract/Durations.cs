using System.Globalization;

namespace Lotse.Proxy.Contract;

/// <summary>Durations as Go writes them (<see href="https://pkg.go.dev/time#ParseDuration"/>), which kamal-proxy's flags take: <c>300ms</c>, <c>1m30s</c>.</summary>
internal static class Durations
{
    private static readonly (string Unit, double Milliseconds)[] Units =
    [
        ("ms", 1),
        ("h", 3_600_000),
        ("m", 60_000),
        ("s", 1000),
    ];

    public static string Format(TimeSpan duration) =>
        string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0}ms");

    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var rest = text;
        var milliseconds = 0.0;
        while (rest.Length > 0)
        {
            var digits = rest.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
            var unit = Units.FirstOrDefault(u => rest[digits..].StartsWith(u.Unit, StringComparison.Ordinal));
            if (
                unit.Unit is null
                || !double.TryParse(
                    rest[..digits],
                    NumberStyles.AllowDecimalPoint,
                    CultureInfo.InvariantCulture,
                    out var number
                )
            )
            {
                return false;
            }

            milliseconds += number * unit.Milliseconds;
            rest = rest[(digits + unit.Unit.Length)..];
        }

        duration = TimeSpan.FromMilliseconds(milliseconds);
        return text.Length > 0;
    }
}

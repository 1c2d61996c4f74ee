using System.Globalization;

namespace Lotse.Configuration.Reading;

internal static class Durations
{
    private const decimal Longest = 1_000_000_000;

    /// <summary>
    /// Seconds (<c>30</c>, <c>1.5</c>) or a number with <c>ms</c>, <c>s</c>, <c>m</c> or <c>h</c>; null for anything
    /// else.
    /// </summary>
    public static TimeSpan? Parse(string text)
    {
        var digits = text.AsSpan().TrimEnd("smh");
        decimal? unit = text.AsSpan(digits.Length) switch
        {
            "ms" => 1,
            "" or "s" => 1000,
            "m" => 60_000,
            "h" => 3_600_000,
            _ => null,
        };
        var isNumber = decimal.TryParse(
            digits,
            NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture,
            out var number
        );
        return isNumber && unit is { } milliseconds && number < Longest
            ? TimeSpan.FromMilliseconds((double)(number * milliseconds))
            : null;
    }
}

using System.Globalization;
using System.Text.RegularExpressions;

namespace Lotse.Configuration.Reading;

internal static partial class Durations
{
    /// <summary>
    /// Seconds (<c>30</c>, <c>1.5</c>) or a number with <c>ms</c>, <c>s</c>, <c>m</c> or <c>h</c>; null for anything
    /// else.
    /// </summary>
    public static TimeSpan? Parse(string text)
    {
        var match = Pattern().Match(text);
        if (
            !match.Success
            || !decimal.TryParse(
                match.Groups["number"].ValueSpan,
                NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out var number
            )
        )
        {
            return null;
        }

        var milliseconds = match.Groups["unit"].Value switch
        {
            "ms" => 1,
            "m" => 60_000,
            "h" => 3_600_000,
            _ => 1000,
        };
        return number < 1_000_000_000 ? TimeSpan.FromMilliseconds((double)(number * milliseconds)) : null;
    }

    [GeneratedRegex(@"\A(?<number>\d{1,12}(\.\d{1,6})?)(?<unit>ms|s|m|h)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}

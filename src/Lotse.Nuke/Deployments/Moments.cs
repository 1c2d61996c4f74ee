using System.Globalization;
using Lotse.Execution;

namespace Lotse.Nuke.Deployments;

/// <summary>Reads a moment in the past as a person gives it.</summary>
internal static class Moments
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    /// <summary>A time ago (<c>90s</c>, <c>1h30m</c>, <c>2h</c>, <c>3d</c>) or a date with or without a time; without a zone it is local.</summary>
    /// <exception cref="UserException">It is neither, or longer ago than there are dates.</exception>
    public static DateTimeOffset Parse(string text, DateTimeOffset now)
    {
        if (SecondsOf(text) is { } seconds)
        {
            return seconds <= (now - DateTimeOffset.UnixEpoch).TotalSeconds
                ? now - TimeSpan.FromSeconds(seconds)
                : throw new UserException(
                    $"'{text}' is longer ago than any log.",
                    "Leave --since out for all there is."
                );
        }

        return DateTimeOffset.TryParse(text, Culture, DateTimeStyles.AssumeLocal, out var moment)
            ? moment
            : throw new UserException(
                $"'{text}' is neither a time ago nor a date.",
                "Write it like 10m, 1h30m, 3d, 2026-01-31 or 2026-01-31T12:00Z."
            );
    }

    /// <summary>Numbers, each with its unit; null when it is anything else.</summary>
    private static double? SecondsOf(string text)
    {
        var (sum, begin) = (0.0, 0);
        for (var at = 0; at < text.Length; at++)
        {
            if (char.IsAsciiDigit(text[at]) || text[at] == '.')
            {
                continue;
            }

            var number = text[begin..at];
            if (
                UnitOf(text[at]) is not { } unit
                || !double.TryParse(number, NumberStyles.AllowDecimalPoint, Culture, out var count)
            )
            {
                return null;
            }

            sum += count * unit;
            begin = at + 1;
        }

        return text.Length > 0 && begin == text.Length ? sum : null;
    }

    private static double? UnitOf(char unit) =>
        unit switch
        {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86400,
            _ => null,
        };
}

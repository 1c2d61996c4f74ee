using System.Globalization;
using Lotse.Execution;

namespace Lotse.Nuke.Deployments;

/// <summary>Reads a moment in the past as a person gives it.</summary>
internal static class Moments
{
    /// <summary>A time ago (<c>90s</c>, <c>10m</c>, <c>2h</c>, <c>3d</c>) or a date with or without a time; without a zone it is local.</summary>
    /// <exception cref="UserException">It is neither.</exception>
    public static DateTimeOffset Parse(string text, DateTimeOffset now)
    {
        double? seconds =
            text.Length < 2
                ? null
                : text[^1] switch
                {
                    's' => 1,
                    'm' => 60,
                    'h' => 3600,
                    'd' => 86400,
                    _ => null,
                };
        var culture = CultureInfo.InvariantCulture;
        if (seconds is { } unit && double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, culture, out var count))
        {
            return now - TimeSpan.FromSeconds(count * unit);
        }

        return DateTimeOffset.TryParse(text, culture, DateTimeStyles.AssumeLocal, out var moment)
            ? moment
            : throw new UserException(
                $"'{text}' is neither a time ago nor a date.",
                "Write it like 10m, 2h, 3d, 2026-01-31 or 2026-01-31T12:00Z."
            );
    }
}

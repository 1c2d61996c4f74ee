using System.Globalization;

namespace Gocatest.Frontend.Pages;

/// <summary>Times in words, as they stand before the page's script puts them into the visitor's own.</summary>
internal static class Wording
{
    private const int LongestVersion = 20;
    private const int ShownOfLongVersion = 12;

    /// <summary>A version as there is room for: commit ids lose their tail. The page's script does the same.</summary>
    public static string Short(string version) =>
        version.Length <= LongestVersion ? version : $"{version[..ShownOfLongVersion]}…";

    /// <summary>A time element in UTC.</summary>
    public static Html Time(DateTimeOffset at) => Html.Of($"""<time datetime="{Machine(at)}">{Reader(at)}</time>""");

    /// <summary>The two largest units of a duration: "3 min 12 s", "2 d 4 h".</summary>
    public static string Duration(TimeSpan span) =>
        span switch
        {
            { TotalMinutes: < 1 } => $"{Math.Max(0, span.Seconds)} s",
            { TotalHours: < 1 } => $"{span.Minutes} min {span.Seconds} s",
            { TotalDays: < 1 } => $"{span.Hours} h {span.Minutes} min",
            _ => $"{span.Days} d {span.Hours} h",
        };

    private static string Machine(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Reader(DateTimeOffset at) =>
        at.UtcDateTime.ToString("d MMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture);
}

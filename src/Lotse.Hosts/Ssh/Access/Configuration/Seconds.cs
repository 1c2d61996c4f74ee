using System.Globalization;

namespace Lotse.Hosts.Ssh.Access.Configuration;

/// <summary>Spans of time as sshd_config(5) writes them («TIME FORMATS»): numbers, each with a unit, added up; seconds without one.</summary>
internal static class Seconds
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(20);

    /// <summary>Reads one; null when it is none, or too long to wait for.</summary>
    public static TimeSpan? Parse(string text)
    {
        var (sum, number) = (0L, "");
        foreach (var c in text)
        {
            if (char.IsAsciiDigit(c))
            {
                number += c;
            }
            else if (UnitOf(c) is { } unit && Value(number) is { } value)
            {
                (sum, number) = (sum + (value * unit), "");
            }
            else
            {
                return null;
            }
        }

        var rest = number.Length == 0 && text.Length > 0 ? 0 : Value(number);
        return rest is { } seconds && sum + seconds <= Longest.TotalSeconds
            ? TimeSpan.FromSeconds(sum + seconds)
            : null;
    }

    private static long? Value(string digits) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static long? UnitOf(char c) =>
        char.ToLowerInvariant(c) switch
        {
            's' => 1,
            'm' => 60,
            'h' => 60 * 60,
            'd' => 24 * 60 * 60,
            'w' => 7 * 24 * 60 * 60,
            _ => null,
        };
}

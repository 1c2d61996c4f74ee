using System.Collections.Immutable;
using System.Globalization;

namespace Lotse.Planning.Containers;

/// <summary>
/// The <c>options:</c> that Lotse understands, named as the flags of <c>docker run</c>
/// (<see href="https://docs.docker.com/reference/cli/docker/container/run/"/>), and how their values are read.
/// </summary>
public static class ContainerOptions
{
    private static readonly Dictionary<string, Func<string, bool>> Known = new(StringComparer.Ordinal)
    {
        ["memory"] = v => TryBytes(v, out _),
        ["memory-swap"] = v => v == "-1" || TryBytes(v, out _),
        ["memory-reservation"] = v => TryBytes(v, out _),
        ["shm-size"] = v => TryBytes(v, out _),
        ["cpus"] = v => TryDecimal(v, out _),
        ["cpu-shares"] = v => TryNumber(v, out _),
        ["pids-limit"] = v => TryNumber(v, out _),
        ["init"] = IsFlag,
        ["read-only"] = IsFlag,
        ["user"] = IsText,
        ["hostname"] = IsText,
        ["workdir"] = IsText,
        ["entrypoint"] = IsText,
        ["stop-signal"] = IsText,
        ["cap-add"] = IsText,
        ["cap-drop"] = IsText,
        ["add-host"] = v => v.Contains(':', StringComparison.Ordinal),
        ["dns"] = IsText,
        ["security-opt"] = IsText,
        ["tmpfs"] = IsText,
        ["sysctl"] = v => v.Contains('=', StringComparison.Ordinal),
    };

    /// <summary>What is wrong with these options, one sentence each; empty when nothing is.</summary>
    public static IEnumerable<string> Problems(ImmutableSortedDictionary<string, ImmutableArray<string>> options)
    {
        foreach (var (name, values) in options)
        {
            if (!Known.TryGetValue(name, out var isValid))
            {
                yield return $"option '{name}' is not supported. Supported: {string.Join(", ", Known.Keys.Order())}.";
                continue;
            }

            foreach (var value in values.Where(v => !isValid(v)))
            {
                yield return $"option '{name}' cannot be '{value}'.";
            }
        }
    }

    /// <summary>Reads a size as <c>docker run</c> does: a number with an optional b, k, m, g (powers of 1024).</summary>
    public static bool TryBytes(string text, out long bytes)
    {
        bytes = 0;
        var trimmed = text.Trim().ToLowerInvariant().TrimEnd('b');
        if (trimmed.Length == 0)
        {
            return false;
        }

        var power = "kmgt".IndexOf(trimmed[^1], StringComparison.Ordinal) + 1;
        if (!TryDecimal(power > 0 ? trimmed[..^1] : trimmed, out var number) || number < 0)
        {
            return false;
        }

        bytes = (long)(number * (1L << (10 * power)));
        return true;
    }

    /// <summary>Whether a switch is on: <c>true</c>, or no value at all.</summary>
    public static bool IsOn(string value) => value is "" or "true";

    private static bool IsFlag(string value) => value is "" or "true" or "false";

    private static bool IsText(string value) => value.Length > 0;

    private static bool TryNumber(string text, out long number) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);

    private static bool TryDecimal(string text, out decimal number) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);
}

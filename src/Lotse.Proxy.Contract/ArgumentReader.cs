using System.Collections.Immutable;
using System.Globalization;

namespace Lotse.Proxy.Contract;

/// <summary>A command line that cannot be understood: one sentence for the person.</summary>
public sealed class UsageException(string message) : Exception(message);

/// <summary>Reads flags (<c>--name=value</c>, <c>--name value</c>, <c>--switch</c>) and the words between them.</summary>
internal sealed class ArgumentReader
{
    /// <summary>Flags that take no value after a blank: alone they mean true.</summary>
    private static readonly HashSet<string> Switches = new(StringComparer.Ordinal)
    {
        "strip-path-prefix",
        "target-http2",
        "buffer-requests",
        "buffer-responses",
        "forward-headers",
        "tls",
        "tls-staging",
        "tls-redirect",
        "json",
        "access-log",
    };
    private readonly List<(string Name, string Value)> flags = [];
    private readonly HashSet<string> known = new(StringComparer.Ordinal);
    private readonly List<string> words = [];

    public ArgumentReader(IReadOnlyList<string> arguments)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            if (!argument.StartsWith("--", StringComparison.Ordinal))
            {
                words.Add(argument);
                continue;
            }

            var parts = argument[2..].Split('=', 2);
            if (parts.Length == 2)
            {
                flags.Add((parts[0], parts[1]));
            }
            else if (Switches.Contains(parts[0]))
            {
                flags.Add((parts[0], "true"));
            }
            else if (i + 1 < arguments.Count)
            {
                flags.Add((parts[0], arguments[++i]));
            }
            else
            {
                throw new UsageException($"--{parts[0]} needs a value.");
            }
        }
    }

    /// <summary>The first word, which the command needs.</summary>
    public string Word(string what) =>
        words.Count > 0 ? words[0] : throw new UsageException($"The command needs {what}.");

    /// <summary>Every flag that was not asked for is a mistake, and every word beyond those that were expected.</summary>
    public void Finish(int expectedWords)
    {
        if (flags.FirstOrDefault(f => !known.Contains(f.Name)) is { Name: { } unknown })
        {
            throw new UsageException($"Unknown flag --{unknown}.{Suggestion.For(unknown, known, "--")}");
        }

        if (words.Count > expectedWords)
        {
            throw new UsageException($"'{words[expectedWords]}' is one word too many.");
        }
    }

    public string? Text(string name)
    {
        known.Add(name);
        return flags.FindLast(f => f.Name == name).Value;
    }

    public string Path(string name, string otherwise) =>
        Text(name) switch
        {
            null => otherwise,
            ['/', ..] path => path,
            var path => throw new UsageException($"--{name} must begin with a slash, not '{path}'."),
        };

    /// <summary>The values of a flag that may stand several times, or hold several values with commas between.</summary>
    public ImmutableArray<string> Each(string name)
    {
        known.Add(name);
        return
        [
            .. flags
                .Where(f => f.Name == name)
                .SelectMany(f =>
                    f.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                ),
        ];
    }

    public bool Switch(string name, bool otherwise) =>
        Text(name) switch
        {
            null => otherwise,
            "true" => true,
            "false" => false,
            var text => throw new UsageException($"--{name} is true or false, not '{text}'."),
        };

    public long Number(string name, long otherwise, long most)
    {
        if (Text(name) is not { } text)
        {
            return otherwise;
        }

        const NumberStyles Digits = NumberStyles.None;
        return long.TryParse(text, Digits, CultureInfo.InvariantCulture, out var number) && number <= most
            ? number
            : throw new UsageException($"--{name} is a number from 0 to {most}, not '{text}'.");
    }

    /// <summary>A duration; zero only where it means something.</summary>
    public TimeSpan Duration(string name, TimeSpan otherwise, bool isZeroFine = false)
    {
        if (Text(name) is not { } text)
        {
            return otherwise;
        }

        if (!Durations.TryParse(text, out var duration))
        {
            throw new UsageException(
                $"--{name} is a duration such as 30s or 1m30s, at most {Durations.Longest.TotalHours:0}h, not '{text}'."
            );
        }

        return isZeroFine || duration > TimeSpan.Zero
            ? duration
            : throw new UsageException($"--{name} must be longer than zero.");
    }
}

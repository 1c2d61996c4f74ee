using System.Globalization;

namespace Lotse.TestApp;

/// <summary>What the environment tells the application to be.</summary>
internal sealed record AppSettings
{
    private const int DefaultPort = 8080;

    public required string Version { get; init; }

    /// <summary>The port it should listen on; 0 takes a free one and prints it.</summary>
    public required int Port { get; init; }

    public required TimeSpan SlowStart { get; init; }

    public required IReadOnlySet<string> Misbehaviours { get; init; }

    /// <summary>The port it really listens on.</summary>
    public int ListeningPort => Does(Misbehaviour.WrongPort) ? Port + 1 : Port;

    public bool Does(string misbehaviour) => Misbehaviours.Contains(misbehaviour);

    /// <summary>Reads VERSION, PORT and MISBEHAVE.</summary>
    /// <exception cref="FormatException">A value that is not understood: a test with a spelling mistake must not pass.</exception>
    public static AppSettings Read(Func<string, string?> environment)
    {
        var words = new HashSet<string>(StringComparer.Ordinal);
        var slowStart = TimeSpan.Zero;
        var options = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;
        foreach (var entry in (environment("MISBEHAVE") ?? "").Split(',', options))
        {
            var (word, milliseconds) = Split(entry);
            slowStart += milliseconds;
            words.Add(word);
        }

        return new AppSettings
        {
            Version = environment("VERSION") ?? "unversioned",
            Port = int.Parse(environment("PORT") ?? $"{DefaultPort}", CultureInfo.InvariantCulture),
            SlowStart = slowStart,
            Misbehaviours = words,
        };
    }

    private static (string Word, TimeSpan Delay) Split(string entry)
    {
        var parts = entry.Split(':', 2);
        var takesDelay = parts[0] == Misbehaviour.SlowStart;
        if (!Misbehaviour.All.Contains(parts[0]) || takesDelay != (parts.Length == 2))
        {
            throw new FormatException($"MISBEHAVE: '{entry}' is not one of {string.Join(", ", Misbehaviour.All)}.");
        }

        return takesDelay
            ? (parts[0], TimeSpan.FromMilliseconds(int.Parse(parts[1], CultureInfo.InvariantCulture)))
            : (parts[0], TimeSpan.Zero);
    }
}

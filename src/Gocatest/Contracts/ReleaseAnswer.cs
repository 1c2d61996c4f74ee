using Gocatest.Storage;

namespace Gocatest.Contracts;

/// <summary>Which release answers, where, since when.</summary>
internal sealed record ReleaseAnswer
{
    /// <summary>How many colours the style sheet has for versions.</summary>
    public const int Tones = 12;

    public required string Version { get; init; }

    public required string Host { get; init; }

    public required string Container { get; init; }

    /// <summary>When this process began to serve, UTC.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>The colour in which the page shows this version: 0 to <see cref="Tones"/> - 1.</summary>
    public int Tone => ToneOf(Version);

    /// <summary>Null where the backend could not be asked.</summary>
    public DatabaseState? Database { get; init; }

    /// <summary>A version's colour is the same on every host and after every restart (FNV-1a).</summary>
    public static int ToneOf(string version) =>
        (int)(version.Aggregate(2166136261u, (hash, c) => (hash ^ c) * 16777619u) % Tones);
}

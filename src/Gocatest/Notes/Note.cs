namespace Gocatest.Notes;

/// <summary>A visitor's note as it is stored.</summary>
internal sealed record Note
{
    public required long Id { get; init; }

    public required string Author { get; init; }

    /// <summary>Plain text; lines end in a single line feed.</summary>
    public required string Text { get; init; }

    /// <summary>The version that stored it.</summary>
    public required string Version { get; init; }

    /// <summary>The host that stored it.</summary>
    public required string Host { get; init; }

    /// <summary>By the database's clock, UTC.</summary>
    public required DateTimeOffset StoredAt { get; init; }
}

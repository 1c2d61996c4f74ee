namespace Gocatest.Contracts;

/// <summary>What a page's script gets for a note that was stored.</summary>
internal sealed record StoredAnswer
{
    public required long Id { get; init; }

    /// <summary>The note as it stands in the list.</summary>
    public required string Html { get; init; }
}

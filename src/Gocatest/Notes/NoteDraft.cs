namespace Gocatest.Notes;

/// <summary>What a visitor sent, before it is judged.</summary>
internal sealed record NoteDraft
{
    public string? Author { get; init; }

    public string? Text { get; init; }
}

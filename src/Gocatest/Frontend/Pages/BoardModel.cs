using Gocatest.Contracts;
using Gocatest.Notes;

namespace Gocatest.Frontend.Pages;

/// <summary>Everything that the page shows.</summary>
internal sealed record BoardModel
{
    public required ReleaseAnswer Release { get; init; }

    /// <summary>The version that answered this visitor before; null on the first visit.</summary>
    public string? Previous { get; init; }

    public required DateTimeOffset Now { get; init; }

    /// <summary>Newest first; null where they cannot be had now.</summary>
    public IReadOnlyList<Note>? Notes { get; init; }

    /// <summary>What the visitor wrote, when it could not be stored.</summary>
    public NoteDraft Draft { get; init; } = new();

    /// <summary>Why not.</summary>
    public Problem? Problem { get; init; }
}

using Gocatest.Notes;

namespace Gocatest.Contracts;

/// <summary>Stored notes, newest first.</summary>
internal sealed record NotesAnswer
{
    public required IReadOnlyList<Note> Notes { get; init; }
}

using Gocatest.Notes;
using Gocatest.Storage;

namespace Gocatest.Live;

/// <summary>Something an open page wants to know at once.</summary>
internal abstract record BoardEvent
{
    /// <summary>A note was stored, by this instance or another.</summary>
    internal sealed record NoteStored(Note Note) : BoardEvent;

    /// <summary>The database came or went. On <see cref="DatabaseState.Up"/>, notes may have been missed.</summary>
    internal sealed record DatabaseChanged(DatabaseState State) : BoardEvent;
}

using Gocatest.Contracts;
using Gocatest.Notes;

namespace Gocatest.Frontend.Pages;

/// <summary>The list of notes.</summary>
internal static class NoteView
{
    /// <summary>One note: the same markup in the page and when it arrives live.</summary>
    public static Html Item(Note note) =>
        Html.Of(
            $"""
            <li class="note tone-{ReleaseAnswer.ToneOf(note.Version)}" id="note-{note.Id}" data-id="{note.Id}">
            <p class="note-text" dir="auto">{note.Text}</p>
            <p class="note-meta"><bdi class="note-author">{note.Author}</bdi> {Wording.Time(note.StoredAt)}
            <span class="chip" title="Stored by version {note.Version} on {note.Host}">{Wording.Short(
                note.Version
            )}</span></p>
            </li>

            """
        );

    /// <summary>The whole section.</summary>
    public static Html Section(IReadOnlyList<Note>? notes) =>
        Html.Of(
            $"""
            <section class="notes" id="notes" aria-labelledby="notes-title">
            <h2 id="notes-title">Notes</h2>
            {(notes is null ? Away : Html.Empty)}<ol class="note-list" data-notes>
            {Html.Join((notes ?? []).Select(Item))}</ol>
            <p class="empty" data-empty>{Invitation(notes)}</p>
            </section>

            """
        );

    private static readonly Html Away = new(
        """
        <p class="notice" data-notes-away>The notes cannot be read just now: the database is away. They are safe, and
        back as soon as it is.</p>

        """
    );

    private static string Invitation(IReadOnlyList<Note>? notes) =>
        notes is { Count: 0 } ? "No notes yet. Yours would be the first." : "";
}

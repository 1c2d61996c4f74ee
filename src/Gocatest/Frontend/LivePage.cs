using System.Globalization;
using System.Text.Json;
using Gocatest.Contracts;
using Gocatest.Frontend.Pages;
using Gocatest.Live;
using Gocatest.Notes;
using Gocatest.Storage;

namespace Gocatest.Frontend;

/// <summary>One open page's stream: the release, missed notes, then whatever happens.</summary>
internal sealed class LivePage(
    EventStream stream,
    ReleaseAnswer release,
    BackendClient backend,
    Broadcast<BoardEvent> pages,
    long after
)
{
    private long last = after;

    /// <summary>The newest note that the page has: what its event source says, else what its script says.</summary>
    public static long After(HttpRequest request)
    {
        var given = request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } id
            ? id
            : request.Query["after"].ToString();
        return long.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }

    public async Task RunAsync(CancellationToken cancel)
    {
        using var subscription = pages.Subscribe();
        var answer = JsonSerializer.Serialize(release, BoardJson.Default.ReleaseAnswer);
        await stream.SendAsync(LiveEvents.Release, answer, null, cancel);
        await CatchUpAsync(cancel);
        await stream.FollowAsync(subscription.Items, item => PassAsync(item, cancel), cancel);
    }

    private async Task PassAsync(BoardEvent item, CancellationToken cancel)
    {
        if (item is BoardEvent.NoteStored stored)
        {
            await ShowAsync(stored.Note, cancel);
        }
        else if (item is BoardEvent.DatabaseChanged changed)
        {
            var answer = new DatabaseAnswer { Database = changed.State };
            var json = JsonSerializer.Serialize(answer, BoardJson.Default.DatabaseAnswer);
            await stream.SendAsync(LiveEvents.Database, json, null, cancel);
            if (changed.State == DatabaseState.Up)
            {
                await CatchUpAsync(cancel);
            }
        }
    }

    /// <summary>Notes that were stored while nobody could tell the page. It knows by their ids which it has.</summary>
    private async Task CatchUpAsync(CancellationToken cancel)
    {
        foreach (var note in (await backend.GetNotesAsync(last, cancel) ?? []).Reverse())
        {
            await ShowAsync(note, cancel);
        }
    }

    private Task ShowAsync(Note note, CancellationToken cancel)
    {
        last = Math.Max(last, note.Id);
        return stream.SendAsync(LiveEvents.Note, NoteView.Item(note).Markup, note.Id, cancel);
    }
}

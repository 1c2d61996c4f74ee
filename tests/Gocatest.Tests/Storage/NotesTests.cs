using System.Net;
using System.Text.Json.Nodes;
using Gocatest.Tests.Support;

namespace Gocatest.Tests.Storage;

/// <summary>Notes through both ports, in a real PostgreSQL.</summary>
public sealed class NotesTests(PostgresFixture postgres)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_note_left_by_the_plain_form_is_stored_and_shown_with_its_version()
    {
        await using var board = await TestBoard.StartAsync(await postgres.NewDatabaseAsync(), "1.2.3");

        using var posted = await board.PostFormAsync("Mira", "Moin\r\nMoin 🚢");
        var page = await board.Frontend.GetStringAsync("/", Cancel);

        Assert.Equal(HttpStatusCode.SeeOther, posted.StatusCode);
        Assert.Equal("/#note-1", posted.Headers.Location?.ToString());
        Assert.Contains("id=\"note-1\"", page, StringComparison.Ordinal);
        Assert.Contains("Stored by version 1.2.3 on host-a", page, StringComparison.Ordinal);
        Assert.Equal(["Moin\nMoin 🚢"], await board.ListAsync());
    }

    [Fact]
    public async Task A_note_through_the_API_comes_back_whole()
    {
        await using var board = await TestBoard.StartAsync(await postgres.NewDatabaseAsync());

        using var response = await board.PostJsonAsync("""{"author":"Mira","text":"Moin"}""");
        var note = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!;

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal(("Mira", "Moin"), (note["author"]!.ToString(), note["text"]!.ToString()));
        Assert.Equal(TimeSpan.Zero, note["storedAt"]!.GetValue<DateTimeOffset>().Offset);
    }

    [Fact]
    public async Task The_newest_notes_come_first_and_no_more_than_asked_for()
    {
        await using var board = await TestBoard.StartAsync(await postgres.NewDatabaseAsync());
        foreach (var text in new[] { "one", "two", "three" })
        {
            (await board.PostFormAsync("Mira", text)).Dispose();
        }

        Assert.Equal(["three", "two"], await board.ListAsync("?limit=2"));
        Assert.Equal(["three"], await board.ListAsync("?after=2"));
    }

    [Fact]
    public async Task A_healthy_database_makes_both_ports_healthy()
    {
        await using var board = await TestBoard.StartAsync(await postgres.NewDatabaseAsync());

        using var health = await board.Frontend.GetAsync("/health", Cancel);

        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        var answer = JsonNode.Parse(await health.Content.ReadAsStringAsync(Cancel))!;
        Assert.Equal("healthy", answer["status"]!.ToString());
        Assert.Equal("healthy", answer["backend"]!["database"]!["status"]!.ToString());
    }

    [Fact]
    public async Task Too_many_notes_of_one_client_are_refused_and_another_client_is_not_affected()
    {
        await using var board = await TestBoard.StartAsync(await postgres.NewDatabaseAsync(), notesPerMinute: 1);
        var mira = ("X-Forwarded-For", "198.51.100.1");
        (await board.PostFormAsync("Mira", "first", mira)).Dispose();

        using var refused = await board.PostFormAsync("Mira", "second", mira, ("Accept", "application/json"));
        using var other = await board.PostFormAsync("Jonas", "third", ("X-Forwarded-For", "198.51.100.2"));

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter?.Delta);
        Assert.Equal(HttpStatusCode.SeeOther, other.StatusCode);
        Assert.Equal(["third", "first"], await board.ListAsync());
    }
}

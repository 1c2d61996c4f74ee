using System.Text.Json.Nodes;
using Gocatest.Tests.Support;

namespace Gocatest.Tests.Storage;

/// <summary>What open pages learn without a reload.</summary>
public sealed class LiveTests(PostgresFixture postgres)
{
    [Fact]
    public async Task A_note_stored_by_one_instance_is_heard_of_by_another()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var one = await TestBoard.StartAsync(database);
        await using var other = await TestBoard.StartAsync(database, "1.1.0", "host-b");
        await using var live = await LiveReader.OpenAsync(one.Backend, "/api/live");
        await ListeningAsync(live);

        (await other.PostJsonAsync("""{"author":"Mira","text":"Moin"}""")).Dispose();
        var note = JsonNode.Parse(await live.NextAsync("note"))!;

        Assert.Equal("Moin", note["text"]!.ToString());
        Assert.Equal(("1.1.0", "host-b"), (note["version"]!.ToString(), note["host"]!.ToString()));
    }

    [Fact]
    public async Task A_note_left_at_one_instance_arrives_at_the_pages_of_another()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var one = await TestBoard.StartAsync(database);
        await using var other = await TestBoard.StartAsync(database, "1.1.0", "host-b");
        await using var page = await LiveReader.OpenAsync(one.Frontend, "/live");
        await page.NextAsync("release");

        (await other.PostFormAsync("Mira", "From over there")).Dispose();
        var html = await page.NextAsync("note");

        Assert.Contains("From over there", html, StringComparison.Ordinal);
        Assert.Contains("Stored by version 1.1.0 on host-b", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_stream_begins_with_the_release_that_serves_it()
    {
        await using var board = await TestBoard.StartAsync(await postgres.NewDatabaseAsync(), "3.2.1");
        await using var page = await LiveReader.OpenAsync(board.Frontend, "/live");

        var release = JsonNode.Parse(await page.NextAsync("release"))!;

        Assert.Equal("3.2.1", release["version"]!.ToString());
    }

    [Fact]
    public async Task A_page_that_comes_back_gets_what_it_missed_and_nothing_twice()
    {
        await using var board = await TestBoard.StartAsync(await postgres.NewDatabaseAsync());
        foreach (var text in new[] { "has it", "missed this", "missed that" })
        {
            (await board.PostFormAsync("Mira", text)).Dispose();
        }

        await using var page = await LiveReader.OpenAsync(board.Frontend, "/live?after=1");

        Assert.Contains("missed this", await page.NextAsync("note"), StringComparison.Ordinal);
        Assert.Contains("missed that", await page.NextAsync("note"), StringComparison.Ordinal);
    }

    /// <summary>Returns when the backend behind the stream listens to the database.</summary>
    private static async Task ListeningAsync(LiveReader live)
    {
        while (!(await live.NextAsync("database")).Contains("\"up\"", StringComparison.Ordinal)) { }
    }
}

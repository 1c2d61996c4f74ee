using System.Net;
using Gocatest.Tests.Support;

namespace Gocatest.Tests.Storage;

public sealed class OutageTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_outage_of_the_database_is_told_survived_and_over_without_a_restart()
    {
        await using var server = await PostgresFixture.OwnServerAsync();
        await using var board = await TestBoard.StartAsync(await PostgresFixture.NewDatabaseAsync(server));
        (await board.PostFormAsync("Mira", "before")).Dispose();
        await using var page = await LiveReader.OpenAsync(board.Frontend, "/live?after=1");

        await server.StopAsync(Cancel);
        await DatabaseAsync(page, "away");
        await Expect(board, "/up", HttpStatusCode.OK);
        await Expect(board, "/health", HttpStatusCode.ServiceUnavailable);
        await Expect(board, "/", HttpStatusCode.OK);
        using (var refused = await board.PostFormAsync("Mira", "during"))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Contains(
                "during</textarea>",
                await refused.Content.ReadAsStringAsync(Cancel),
                StringComparison.Ordinal
            );
        }

        await server.StartAsync(Cancel);
        await DatabaseAsync(page, "up");
        await Expect(board, "/health", HttpStatusCode.OK);
        (await board.PostFormAsync("Mira", "after")).Dispose();

        Assert.Contains("after", await page.NextAsync("note"), StringComparison.Ordinal);
        Assert.Equal(["after", "before"], await board.ListAsync());
    }

    [Fact]
    public async Task An_instance_that_starts_before_its_database_finds_it_later()
    {
        await using var server = await PostgresFixture.OwnServerAsync();
        var database = await PostgresFixture.NewDatabaseAsync(server);
        await server.StopAsync(Cancel);
        await using var board = await TestBoard.StartAsync(database);
        await Expect(board, "/health", HttpStatusCode.ServiceUnavailable);
        await using var page = await LiveReader.OpenAsync(board.Frontend, "/live");

        await server.StartAsync(Cancel);
        await DatabaseAsync(page, "up");

        await Expect(board, "/health", HttpStatusCode.OK);
    }

    private static async Task DatabaseAsync(LiveReader page, string state)
    {
        while (!(await page.NextAsync("database")).Contains($"\"{state}\"", StringComparison.Ordinal)) { }
    }

    private static async Task Expect(TestBoard board, string path, HttpStatusCode status)
    {
        using var response = await board.Frontend.GetAsync(path, Cancel);
        Assert.Equal(status, response.StatusCode);
    }
}

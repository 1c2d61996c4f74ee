using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Gocatest.Tests.Support;

namespace Gocatest.Tests.Backend;

/// <summary>The backend's port as far as it needs no database.</summary>
public sealed class BackendTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/up", 200)]
    [InlineData("/health", 503)]
    [InlineData("/api/release", 200)]
    [InlineData("/api/notes", 503)]
    [InlineData("/api/notes?limit=0", 400)]
    [InlineData("/api/notes?limit=201", 400)]
    [InlineData("/api/notes?limit=ten", 400)]
    [InlineData("/api/notes?after=-1", 400)]
    [InlineData("/nowhere", 404)]
    public async Task Every_answer_names_the_release(string path, int status)
    {
        await using var board = await TestBoard.StartWithoutDatabaseAsync();

        using var response = await board.Backend.GetAsync(path, Cancel);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("1.0.0", Assert.Single(response.Headers.GetValues("X-Version")));
        Assert.Equal("host-a", Assert.Single(response.Headers.GetValues("X-Host")));
    }

    [Fact]
    public async Task The_release_is_told_as_JSON()
    {
        await using var board = await TestBoard.StartWithoutDatabaseAsync();

        var release = JsonNode.Parse(await board.Backend.GetStringAsync("/api/release", Cancel))!;

        Assert.Equal("1.0.0", release["version"]!.ToString());
        Assert.Equal("host-a", release["host"]!.ToString());
        Assert.Equal("board-1.0.0", release["container"]!.ToString());
        Assert.Equal(TimeSpan.Zero, release["since"]!.GetValue<DateTimeOffset>().Offset);
    }

    [Theory]
    [InlineData("{", 400)]
    [InlineData("[]", 400)]
    [InlineData("{\"author\":7}", 400)]
    [InlineData("{\"author\":\"\\ud800\",\"text\":\"half a character\"}", 400)]
    [InlineData("null", 422)]
    [InlineData("{}", 422)]
    [InlineData("{\"author\":\"a\\u0000b\",\"text\":\"x\"}", 422)]
    public async Task What_is_no_note_is_refused_with_a_problem(string json, int status)
    {
        await using var board = await TestBoard.StartWithoutDatabaseAsync();

        using var response = await board.PostJsonAsync(json);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!;
        Assert.Equal(status, problem["status"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_form_cannot_reach_the_API()
    {
        await using var board = await TestBoard.StartWithoutDatabaseAsync();

        using var form = new StringContent("{\"author\":\"a\",\"text\":\"b\"}", Encoding.UTF8, "text/plain");
        using var response = await board.Backend.PostAsync("/api/notes", form, Cancel);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Fact]
    public async Task A_database_that_never_answers_holds_up_neither_the_gate_nor_the_health()
    {
        using var silent = Databases.Silent();
        var port = ((IPEndPoint)silent.LocalEndpoint).Port;
        await using var board = await TestBoard.StartAsync(Databases.At(port));

        using var up = await board.Frontend.GetAsync("/up", Cancel);
        using var health = await board.Frontend.GetAsync("/health", Cancel);

        Assert.Equal(HttpStatusCode.OK, up.StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, health.StatusCode);
        var answer = JsonNode.Parse(await health.Content.ReadAsStringAsync(Cancel))!;
        Assert.Equal("unhealthy", answer["backend"]!["database"]!["status"]!.ToString());
    }
}

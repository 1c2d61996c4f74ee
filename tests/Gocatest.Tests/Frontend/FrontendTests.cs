using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gocatest.Tests.Support;

namespace Gocatest.Tests.Frontend;

/// <summary>The frontend's port as far as it needs no database.</summary>
public sealed partial class FrontendTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/", 200)]
    [InlineData("/up", 200)]
    [InlineData("/health", 503)]
    [InlineData("/release", 200)]
    [InlineData("/nowhere", 404)]
    [InlineData("/notes", 405)]
    public async Task Every_answer_names_the_release_and_carries_the_security_headers(string path, int status)
    {
        await using var board = await TestBoard.StartWithoutDatabaseAsync();

        using var response = await board.Frontend.GetAsync(path, Cancel);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("1.0.0", Header(response, "X-Version"));
        Assert.Equal("host-a", Header(response, "X-Host"));
        Assert.Equal("nosniff", Header(response, "X-Content-Type-Options"));
        Assert.Contains("default-src 'none'", Header(response, "Content-Security-Policy"), StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", Header(response, "Content-Security-Policy"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_remembers_which_release_answered_before()
    {
        await using var board = await TestBoard.StartWithoutDatabaseAsync();
        using var first = await board.Frontend.GetAsync("/", Cancel);
        var cookie = Header(first, "Set-Cookie");

        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("Cookie", cookie.Split(';')[0]);
        using var second = await board.Frontend.SendAsync(request, Cancel);

        Assert.Contains("first answer", await first.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Contains("Same release", await second.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Static_files_are_kept_for_ever_under_their_hash()
    {
        await using var board = await TestBoard.StartWithoutDatabaseAsync();
        var page = await board.Frontend.GetStringAsync("/", Cancel);
        var urls = AssetUrl().Matches(page).Select(m => m.Value).Distinct().ToList();

        Assert.Equal(3, urls.Count);
        foreach (var url in urls)
        {
            using var response = await board.Frontend.GetAsync(url, Cancel);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal("public, max-age=31536000, immutable", Header(response, "Cache-Control"));
        }
    }

    [Fact]
    public async Task A_page_of_another_release_gets_our_files_but_may_not_keep_them()
    {
        await using var board = await TestBoard.StartWithoutDatabaseAsync();

        using var response = await board.Frontend.GetAsync("/assets/board.0123456789ab.css", Cancel);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("no-cache", Header(response, "Cache-Control"));
    }

    [Fact]
    public async Task A_file_that_no_release_has_is_not_found()
    {
        await using var board = await TestBoard.StartWithoutDatabaseAsync();

        using var response = await board.Frontend.GetAsync("/assets/other.0123456789ab.css", Cancel);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task A_form_from_another_site_is_refused_before_it_does_anything()
    {
        await using var board = await TestBoard.StartWithoutDatabaseAsync();

        using var response = await board.PostFormAsync("Mira", "Moin", ("Origin", "https://evil.test"));

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.DoesNotContain(await board.StopAndReadLogAsync(), l => l["path"]?.ToString() == "/api/notes");
    }

    [Fact]
    public async Task A_body_longer_than_any_note_is_refused()
    {
        await using var board = await TestBoard.StartWithoutDatabaseAsync();

        using var response = await board.PostFormAsync("Mira", new string('a', 20_000));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("multipart/form-data; boundary=x")]
    public async Task What_is_no_plain_form_is_refused(string type)
    {
        await using var board = await TestBoard.StartWithoutDatabaseAsync();

        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes("--x"));
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        using var response = await board.Frontend.PostAsync("/notes", content, Cancel);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Fact]
    public async Task A_problem_comes_back_with_the_draft_as_a_page_or_as_JSON_for_the_script()
    {
        await using var board = await TestBoard.StartWithoutDatabaseAsync();

        using var page = await board.PostFormAsync(" ", "Keep this");
        using var json = await board.PostFormAsync(" ", "Keep this", ("Accept", "application/json"));

        Assert.Equal(HttpStatusCode.UnprocessableContent, page.StatusCode);
        Assert.Contains("Keep this</textarea>", await page.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableContent, json.StatusCode);
        Assert.Equal("application/problem+json", json.Content.Headers.ContentType?.MediaType);
        var problem = JsonNode.Parse(await json.Content.ReadAsStringAsync(Cancel))!;
        Assert.Equal("The name is empty: write at least one character.", problem["errors"]!["author"]![0]!.ToString());
    }

    [Fact]
    public async Task Each_request_leaves_one_line_in_the_log()
    {
        await using var board = await TestBoard.StartWithoutDatabaseAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/up?secret=1");
        request.Headers.Add("X-Request-Id", "abc");
        request.Headers.Add("X-Forwarded-For", "198.51.100.1");
        using var response = await board.Frontend.SendAsync(request, Cancel);

        var line = Assert.Single(await board.StopAndReadLogAsync(), l => l["path"]?.ToString() == "/up");

        Assert.Equal(
            ("request", "info", "frontend"),
            (Text(line, "event"), Text(line, "level"), Text(line, "listener"))
        );
        Assert.Equal(
            ("GET", "200", "198.51.100.1"),
            (Text(line, "method"), Text(line, "status"), Text(line, "client"))
        );
        Assert.Equal(("abc", "1.0.0"), (Text(line, "requestId"), Text(line, "version")));
        Assert.DoesNotContain("secret", line.ToJsonString(), StringComparison.Ordinal);
    }

    private static string Text(JsonObject line, string name) => line[name]!.ToString();

    private static string Header(HttpResponseMessage response, string name) =>
        string.Join(", ", response.Headers.GetValues(name));

    [GeneratedRegex("/assets/[a-z]+\\.[0-9a-f]{12}\\.[a-z]+")]
    private static partial Regex AssetUrl();
}

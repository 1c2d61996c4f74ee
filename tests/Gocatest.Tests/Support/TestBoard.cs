using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Gocatest.Configuration;
using Gocatest.Hosting;
using Gocatest.Logging;

namespace Gocatest.Tests.Support;

/// <summary>The application in this process, on free ports of the loopback address.</summary>
internal sealed class TestBoard : IAsyncDisposable
{
    private readonly Instance instance;
    private readonly MemoryStream log;

    private TestBoard(Instance instance, MemoryStream log)
    {
        this.instance = instance;
        this.log = log;
        Frontend = Client(instance.FrontendPort);
        Backend = Client(instance.BackendPort);
    }

    public HttpClient Frontend { get; }

    public HttpClient Backend { get; }

    public static async Task<TestBoard> StartAsync(
        DatabaseSettings database,
        string version = "1.0.0",
        string host = "host-a",
        int notesPerMinute = 0
    )
    {
        var settings = new Settings
        {
            FrontendPort = 0,
            BackendPort = 0,
            Address = IPAddress.Loopback,
            Version = version,
            Host = host,
            Container = $"board-{version}",
            Database = database,
            NotesPerMinute = notesPerMinute,
        };
        var log = new MemoryStream();
        var instance = await Instance.StartAsync(settings, new JsonLog(log, TimeProvider.System), TimeProvider.System);
        return new TestBoard(instance, log);
    }

    /// <summary>With a database that refuses every connection.</summary>
    public static Task<TestBoard> StartWithoutDatabaseAsync() => StartAsync(Databases.Refusing);

    public Task<HttpResponseMessage> PostFormAsync(
        string author,
        string text,
        params (string Name, string Value)[] headers
    )
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/notes")
        {
            Content = new FormUrlEncodedContent([new("author", author), new("text", text)]),
        };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return Frontend.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public Task<HttpResponseMessage> PostJsonAsync(string json) =>
        Backend.PostAsync(
            "/api/notes",
            new StringContent(json, Encoding.UTF8, "application/json"),
            TestContext.Current.CancellationToken
        );

    /// <summary>The texts that the backend lists, newest first.</summary>
    public async Task<string[]> ListAsync(string query = "")
    {
        var json = await Backend.GetStringAsync($"/api/notes{query}", TestContext.Current.CancellationToken);
        return [.. JsonNode.Parse(json)!["notes"]!.AsArray().Select(n => n!["text"]!.GetValue<string>())];
    }

    /// <summary>Stops the application and returns what it logged, one object for each line.</summary>
    public async Task<JsonObject[]> StopAndReadLogAsync()
    {
        await instance.StopAsync();
        var lines = Encoding.UTF8.GetString(log.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return [.. lines.Select(l => JsonNode.Parse(l)!.AsObject())];
    }

    public async ValueTask DisposeAsync()
    {
        await instance.DisposeAsync();
        Frontend.Dispose();
        Backend.Dispose();
    }

    private static HttpClient Client(int port) =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = new Uri($"http://127.0.0.1:{port}"),
        };
}

using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Gocatest.Contracts;
using Gocatest.Hosting;
using Gocatest.Live;
using Gocatest.Notes;

namespace Gocatest.Frontend;

/// <summary>The backend's API as the frontend uses it. Its outages are answers, not exceptions.</summary>
internal sealed class BackendClient : IDisposable
{
    // A request may wait for a connection and for a command in the backend; it answers by itself after that.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly HttpClient http;

    public BackendClient(Uri backend) =>
        http = new HttpClient(
            new SocketsHttpHandler
            {
                UseProxy = false,
                UseCookies = false,
                AllowAutoRedirect = false,
                ActivityHeadersPropagator = null,
            }
        )
        {
            BaseAddress = backend,
            Timeout = Patience,
        };

    /// <summary>Null when the backend does not answer.</summary>
    public Task<ReleaseAnswer?> GetReleaseAsync(CancellationToken cancel) =>
        GetAsync("/api/release", BoardJson.Default.ReleaseAnswer, cancel);

    /// <summary>Newest first; null when they cannot be had now.</summary>
    public async Task<IReadOnlyList<Note>?> GetNotesAsync(long after, CancellationToken cancel) =>
        (await GetAsync($"/api/notes?after={after}", BoardJson.Default.NotesAnswer, cancel))?.Notes;

    /// <summary>What the backend says of itself, be it well or not.</summary>
    public async Task<HealthAnswer> GetHealthAsync(CancellationToken cancel)
    {
        try
        {
            using var response = await http.GetAsync("/health", cancel);
            return await response.Content.ReadFromJsonAsync(BoardJson.Default.HealthAnswer, cancel)
                ?? Unhealthy("The backend answered nothing.");
        }
        catch (Exception e) when (IsOutage(e, cancel))
        {
            return Unhealthy($"The backend does not answer: {e.Message}");
        }
    }

    /// <summary>Sends a draft on behalf of a client.</summary>
    public async Task<NotePosting> PostAsync(NoteDraft draft, HttpContext visitor)
    {
        var cancel = visitor.RequestAborted;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/notes");
        request.Content = JsonContent.Create(draft, BoardJson.Default.NoteDraft);
        request.Headers.Add("X-Forwarded-For", ClientAddress.Of(visitor));
        try
        {
            using var response = await http.SendAsync(request, cancel);
            return response.IsSuccessStatusCode
                ? new NotePosting { Stored = await ReadAsync(response, BoardJson.Default.Note, cancel) }
                : new NotePosting
                {
                    Problem = await ReadAsync(response, BoardJson.Default.Problem, cancel),
                    RetryAfter = (int?)response.Headers.RetryAfter?.Delta?.TotalSeconds,
                };
        }
        catch (Exception e) when (IsOutage(e, cancel))
        {
            return new NotePosting { Problem = Refusal.Because(502, "The backend does not answer.").Problem };
        }
    }

    /// <summary>What happens from now on, until the backend ends the stream or an exception of an outage.</summary>
    public async IAsyncEnumerable<BoardEvent> FollowAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        using var response = await http.GetAsync("/api/live", HttpCompletionOption.ResponseHeadersRead, cancel);
        response.EnsureSuccessStatusCode();
        await using var body = await response.Content.ReadAsStreamAsync(cancel);
        await foreach (var item in SseParser.Create(body).EnumerateAsync(cancel))
        {
            if (item.EventType == LiveEvents.Note)
            {
                yield return new BoardEvent.NoteStored(Parse(item.Data, BoardJson.Default.Note));
            }
            else if (item.EventType == LiveEvents.Database)
            {
                var state = Parse(item.Data, BoardJson.Default.DatabaseAnswer).Database;
                yield return new BoardEvent.DatabaseChanged(state);
            }
        }
    }

    /// <summary>True for what a backend that is down, slow or not ours causes; not for the caller's cancelling.</summary>
    public static bool IsOutage(Exception e, CancellationToken cancel) =>
        !cancel.IsCancellationRequested
        && e is HttpRequestException or IOException or JsonException or OperationCanceledException;

    public void Dispose() => http.Dispose();

    private async Task<T?> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancel)
        where T : class
    {
        try
        {
            using var response = await http.GetAsync(path, cancel);
            return response.IsSuccessStatusCode ? await ReadAsync(response, type, cancel) : null;
        }
        catch (Exception e) when (IsOutage(e, cancel))
        {
            return null;
        }
    }

    private static async Task<T> ReadAsync<T>(
        HttpResponseMessage response,
        JsonTypeInfo<T> type,
        CancellationToken cancel
    )
        where T : class =>
        await response.Content.ReadFromJsonAsync(type, cancel)
        ?? throw new JsonException($"{response.RequestMessage?.RequestUri} answered null");

    private static T Parse<T>(string json, JsonTypeInfo<T> type)
        where T : class => JsonSerializer.Deserialize(json, type) ?? throw new JsonException("An event holds null");

    private static HealthAnswer Unhealthy(string reason) => new() { Status = HealthAnswer.Unhealthy, Reason = reason };
}

using System.Net.ServerSentEvents;

namespace Gocatest.Tests.Support;

/// <summary>Reads a live stream as a browser does.</summary>
internal sealed class LiveReader : IAsyncDisposable
{
    private readonly HttpResponseMessage response;
    private readonly IAsyncEnumerator<SseItem<string>> items;

    private LiveReader(HttpResponseMessage response, Stream body)
    {
        this.response = response;
        items = SseParser.Create(body).EnumerateAsync(Patience.Token).GetAsyncEnumerator();
    }

    public static async Task<LiveReader> OpenAsync(HttpClient client, string path)
    {
        var cancel = TestContext.Current.CancellationToken;
        var response = await client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, cancel);
        response.EnsureSuccessStatusCode();
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return new LiveReader(response, await response.Content.ReadAsStreamAsync(cancel));
    }

    /// <summary>The data of the next event of this type; others are passed over.</summary>
    public async Task<string> NextAsync(string type)
    {
        while (await items.MoveNextAsync())
        {
            if (items.Current.EventType == type)
            {
                return items.Current.Data;
            }
        }

        throw new InvalidOperationException($"The stream ended without an event '{type}'");
    }

    /// <summary>The types of all events up to the proper end; a stream that is cut throws.</summary>
    public async Task<List<string>> RestAsync()
    {
        var types = new List<string>();
        while (await items.MoveNextAsync())
        {
            types.Add(items.Current.EventType);
        }

        return types;
    }

    public async ValueTask DisposeAsync()
    {
        await items.DisposeAsync();
        response.Dispose();
    }
}

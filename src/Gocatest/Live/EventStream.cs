using System.Text;
using System.Threading.Channels;

namespace Gocatest.Live;

/// <summary>Writes server-sent events (WHATWG HTML, section 9.2) as one response, until one side leaves.</summary>
internal sealed class EventStream(HttpResponse response, TimeProvider time, CancellationToken stopping)
{
    /// <summary>Longer silences make proxies cut the connection.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan FarewellPatience = TimeSpan.FromMilliseconds(500);

    /// <summary>The last event of a stream that we end: come back at once, another release may serve by now.</summary>
    public const string Farewell = "bye";

    /// <summary>
    /// Starts the answer, hands over to <paramref name="follow"/>, and ends it properly when this process stops or
    /// <paramref name="follow"/> is through.
    /// </summary>
    public async Task RunAsync(Func<CancellationToken, Task> follow)
    {
        var gone = response.HttpContext.RequestAborted;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(gone, stopping);
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache, no-transform";
        // Asks nginx-like proxies in front not to collect the events before passing them on.
        response.Headers["X-Accel-Buffering"] = "no";
        try
        {
            await WriteAsync("retry: 1000\n\n", either.Token);
            await follow(either.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested && !gone.IsCancellationRequested)
        {
            await LeaveAsync();
        }
    }

    /// <summary>Passes each item on as it comes, with a heartbeat in between.</summary>
    public async Task FollowAsync<T>(ChannelReader<T> items, Func<T, Task> write, CancellationToken cancel)
    {
        var next = items.WaitToReadAsync(cancel).AsTask();
        while (true)
        {
            try
            {
                if (!await next.WaitAsync(Heartbeat, time, cancel))
                {
                    return;
                }
            }
            catch (TimeoutException)
            {
                await WriteAsync(": still here\n\n", cancel);
                continue;
            }

            while (items.TryRead(out var item))
            {
                await write(item);
            }

            next = items.WaitToReadAsync(cancel).AsTask();
        }
    }

    /// <summary>Sends one event.</summary>
    /// <param name="name">The event's type.</param>
    /// <param name="data">May have several lines.</param>
    /// <param name="id">What the client names in Last-Event-ID when it comes back.</param>
    /// <param name="cancel">Gives up.</param>
    public Task SendAsync(string name, string data, long? id, CancellationToken cancel) =>
        WriteAsync(Format(name, data, id), cancel);

    /// <summary>The event as it travels.</summary>
    public static string Format(string name, string data, long? id)
    {
        var text = new StringBuilder();
        if (id is not null)
        {
            text.Append("id: ").Append(id).Append('\n');
        }

        text.Append("event: ").Append(name).Append('\n');
        foreach (var line in data.ReplaceLineEndings("\n").Split('\n'))
        {
            text.Append("data: ").Append(line).Append('\n');
        }

        return text.Append('\n').ToString();
    }

    private async Task LeaveAsync()
    {
        using var patience = new CancellationTokenSource(FarewellPatience, time);
        try
        {
            await WriteAsync(Format(Farewell, "", null), patience.Token);
        }
        catch (OperationCanceledException)
        {
            // A client that does not read must not hold up the stop.
            response.HttpContext.Abort();
        }
    }

    private async Task WriteAsync(string text, CancellationToken cancel)
    {
        await response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), cancel);
        await response.Body.FlushAsync(cancel);
    }
}

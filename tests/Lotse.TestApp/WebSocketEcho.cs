using System.Net.WebSockets;

namespace Lotse.TestApp;

/// <summary>Sends every message back, and says "going away" (1001, RFC 6455 section 7.4.1) when the application stops.</summary>
internal sealed class WebSocketEcho(WebSocket socket, CancellationToken aborted) : IDisposable
{
    private const int MostBytesInAMessage = 64 << 10;

    private readonly SemaphoreSlim _sending = new(1, 1);

    public static async Task RunAsync(HttpContext context, CancellationToken stopping)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        using var session = new WebSocketEcho(socket, context.RequestAborted);
        await session.RunAsync(stopping);
    }

    public void Dispose() => _sending.Dispose();

    private async Task RunAsync(CancellationToken stopping)
    {
        var echo = EchoUntilClosedAsync();
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = stopping.Register(stop.SetResult);
        if (await Task.WhenAny(echo, stop.Task) == stop.Task)
        {
            await CloseAsync(WebSocketCloseStatus.EndpointUnavailable, "stopping");
        }

        await echo;
    }

    private async Task EchoUntilClosedAsync()
    {
        var buffer = new byte[MostBytesInAMessage];
        var message = await socket.ReceiveAsync(buffer.AsMemory(), aborted);
        while (message.MessageType != WebSocketMessageType.Close)
        {
            await SendAsync(buffer.AsMemory(0, message.Count), message);
            message = await socket.ReceiveAsync(buffer.AsMemory(), aborted);
        }

        await CloseAsync(WebSocketCloseStatus.NormalClosure, null);
    }

    // A message that crosses our close frame gets no echo: after a close frame nothing may be sent.
    private async Task SendAsync(ReadOnlyMemory<byte> bytes, ValueWebSocketReceiveResult message)
    {
        await _sending.WaitAsync(aborted);
        try
        {
            if (socket.State == WebSocketState.Open)
            {
                await socket.SendAsync(bytes, message.MessageType, message.EndOfMessage, aborted);
            }
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task CloseAsync(WebSocketCloseStatus status, string? description)
    {
        await _sending.WaitAsync(aborted);
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                await socket.CloseOutputAsync(status, description, aborted);
            }
        }
        finally
        {
            _sending.Release();
        }
    }
}

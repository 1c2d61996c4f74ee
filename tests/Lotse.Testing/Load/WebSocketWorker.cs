using System.Net.WebSockets;
using System.Text;

namespace Lotse.Testing.Load;

/// <summary>Holds a WebSocket, sends messages that must come back, and takes a new one when the server closes it.</summary>
internal sealed class WebSocketWorker(Uri server, LoadLedger ledger, LoadProfile profile)
    : LoadWorker(LoadKind.WebSocket, ledger, profile)
{
    private readonly Uri _address = new UriBuilder(server) { Scheme = "ws", Path = "/ws" }.Uri;
    private readonly byte[] _buffer = new byte[4 << 10];
    private string? _version;

    public override async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            using var socket = new ClientWebSocket();
            if (await OpenAsync(socket))
            {
                await TalkAsync(socket, stop);
            }

            await PauseAsync(Profile.Pause, stop);
        }
    }

    private async Task<bool> OpenAsync(ClientWebSocket socket)
    {
        var began = Ledger.Now;
        MarkBegun();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("Host", Profile.Host ?? _address.Authority);
        try
        {
            using var timeout = new CancellationTokenSource(Profile.RequestTimeout, Time);
            await socket.ConnectAsync(_address, timeout.Token);
            _version = socket.HttpResponseHeaders?.GetValueOrDefault(Profile.VersionHeader)?.FirstOrDefault();
            Ledger.Succeeded(Load, began, _version);
            return true;
        }
        catch (WebSocketException exception)
        {
            var status = (int)socket.HttpStatusCode;
            var kind = status == 0 ? LoadFailureKind.ConnectFailed : LoadFailureKind.Status;
            Fail(kind, began, Chain(exception), status == 0 ? null : status, null);
        }
        catch (OperationCanceledException exception)
        {
            Fail(LoadFailureKind.Timeout, began, Chain(exception), null, null);
        }

        return false;
    }

    private async Task TalkAsync(ClientWebSocket socket, CancellationToken stop)
    {
        var began = Ledger.Now;
        try
        {
            var incoming = ReceiveAsync(socket);
            for (var number = 0; !incoming.IsCompleted && !stop.IsCancellationRequested; number++)
            {
                began = Ledger.Now;
                incoming = await PingAsync(socket, incoming, $"message {number}", began);
                await Task.WhenAny(incoming, PauseAsync(Profile.Pause, stop));
            }

            began = Ledger.Now;
            await CloseAsync(socket, incoming, began);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            Fail(LoadFailureKind.UncleanClose, began, Chain(exception), null, _version);
        }
        catch (TimeoutException exception)
        {
            Fail(LoadFailureKind.Timeout, began, Chain(exception), null, _version);
        }
    }

    /// <summary>Returns the next message: one that is still to come, or the close that came in place of the echo.</summary>
    private async Task<Task<string?>> PingAsync(
        ClientWebSocket socket,
        Task<string?> incoming,
        string text,
        TimeSpan began
    )
    {
        await socket.SendAsync(Encoding.ASCII.GetBytes(text), WebSocketMessageType.Text, true, CancellationToken.None);
        var answer = await incoming.WaitAsync(Profile.RequestTimeout, Time);
        if (answer is null)
        {
            return incoming;
        }

        if (answer == text)
        {
            Ledger.SucceededOnOldConnection(Load, _version);
        }
        else
        {
            Fail(LoadFailureKind.WrongContent, began, $"'{text}' came back as '{answer}'.", null, _version);
        }

        return ReceiveAsync(socket);
    }

    private async Task CloseAsync(ClientWebSocket socket, Task<string?> incoming, TimeSpan began)
    {
        var byServer = incoming.IsCompleted;
        if (!byServer)
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        }

        var message = await incoming.WaitAsync(Profile.RequestTimeout, Time);
        if (byServer && socket.State == WebSocketState.CloseReceived)
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        }

        Judge(socket, message, byServer, began);
    }

    private void Judge(ClientWebSocket socket, string? message, bool byServer, TimeSpan began)
    {
        var status = socket.CloseStatus;
        if (message is not null)
        {
            Fail(LoadFailureKind.WrongContent, began, $"'{message}' came, which is no echo.", null, _version);
        }
        else if (status is not (WebSocketCloseStatus.NormalClosure or WebSocketCloseStatus.EndpointUnavailable))
        {
            var detail = $"closed with {(int?)status} '{socket.CloseStatusDescription}'";
            Fail(LoadFailureKind.UncleanClose, began, detail, null, _version);
        }
        else if (byServer)
        {
            Ledger.ClosedByServer();
        }
        else
        {
            Ledger.SucceededOnOldConnection(Load, _version);
        }
    }

    /// <summary>The next text message; null for a close frame.</summary>
    private async Task<string?> ReceiveAsync(ClientWebSocket socket)
    {
        var message = await socket.ReceiveAsync(_buffer.AsMemory(), CancellationToken.None);
        return message.MessageType == WebSocketMessageType.Close
            ? null
            : Encoding.ASCII.GetString(_buffer, 0, message.Count);
    }
}

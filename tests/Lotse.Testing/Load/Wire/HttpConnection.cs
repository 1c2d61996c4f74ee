using System.Net.Sockets;
using System.Text;

namespace Lotse.Testing.Load.Wire;

/// <summary>
/// One TCP connection that speaks HTTP/1.1. Not HttpClient, because that repeats a request on its own when a connection
/// breaks before the answer: it would hide exactly the failures that are to be counted.
/// </summary>
internal sealed class HttpConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly AnswerReader _reader;
    private bool _spent;

    private HttpConnection(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
        _reader = new AnswerReader(_stream);
    }

    /// <summary>
    /// Whether another request may go out. A server may close an idle connection (RFC 9112 section 9.5); who looks before
    /// sending sees it.
    /// </summary>
    public bool IsUsable => !_spent && !_reader.HasUnreadBytes && !_socket.Poll(0, SelectMode.SelectRead);

    public static async Task<HttpConnection> OpenAsync(Uri server, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(server.DnsSafeHost, server.Port, cancellationToken);
            return new HttpConnection(socket);
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw new WireException(LoadFailureKind.ConnectFailed, $"No connection to {server.Authority}.", exception);
        }
        catch (OperationCanceledException)
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends a request and reads the whole answer.</summary>
    public async Task<HttpAnswer> ExchangeAsync(string head, byte[] body, CancellationToken cancellationToken)
    {
        // Until the answer is whole the connection is good for nothing else.
        _spent = true;
        try
        {
            byte[] request = [.. Encoding.ASCII.GetBytes(head), .. body];
            await _stream.WriteAsync(request, cancellationToken);
            var answer = await _reader.ReadAsync(cancellationToken);
            _spent = answer.Head.ClosesConnection;
            return answer;
        }
        catch (IOException exception)
        {
            throw new WireException(LoadFailureKind.ConnectionClosed, "The request could not be sent.", exception);
        }
    }

    public void Dispose() => _stream.Dispose();
}

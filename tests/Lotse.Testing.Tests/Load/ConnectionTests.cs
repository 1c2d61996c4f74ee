using System.Net;
using System.Net.Sockets;
using System.Text;
using Lotse.Testing.Load;
using Lotse.Testing.Load.Wire;

namespace Lotse.Testing.Tests.Load;

/// <summary>Against a server that sends exactly the bytes it is told to.</summary>
public sealed class ConnectionTests : IDisposable
{
    private const string Request = "GET / HTTP/1.1\r\nHost: test\r\n\r\n";
    private const string Answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public ConnectionTests() => _listener.Start();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Uri Address => new($"http://{_listener.LocalEndpoint}");

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task A_connection_serves_one_request_after_the_other()
    {
        using var connection = await HttpConnection.OpenAsync(Address, Token);
        using var server = await _listener.AcceptTcpClientAsync(Token);

        for (var i = 0; i < 3; i++)
        {
            Assert.True(connection.IsUsable);
            var answer = connection.ExchangeAsync(Request, [], Token);
            await SendAsync(server, Answer);
            Assert.Equal("hello", (await answer).Text);
        }
    }

    [Fact]
    public async Task A_connection_that_the_server_closed_while_it_was_idle_is_not_usable()
    {
        using var connection = await HttpConnection.OpenAsync(Address, Token);
        var server = await _listener.AcceptTcpClientAsync(Token);
        var answer = connection.ExchangeAsync(Request, [], Token);
        await SendAsync(server, Answer);
        await answer;

        server.Client.Shutdown(SocketShutdown.Both);
        server.Dispose();

        Assert.False(connection.IsUsable);
    }

    [Fact]
    public async Task A_connection_that_is_closed_within_the_answer_truncates_it()
    {
        using var connection = await HttpConnection.OpenAsync(Address, Token);
        var server = await _listener.AcceptTcpClientAsync(Token);
        var answer = connection.ExchangeAsync(Request, [], Token);
        await SendAsync(server, Answer[..^2]);
        server.Dispose();

        var exception = await Assert.ThrowsAsync<WireException>(() => answer);

        Assert.Equal(LoadFailureKind.Truncated, exception.Kind);
        Assert.False(connection.IsUsable);
    }

    private static async Task SendAsync(TcpClient server, string answer)
    {
        var stream = server.GetStream();
        await stream.ReadExactlyAsync(new byte[Request.Length], Token);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), Token);
    }
}

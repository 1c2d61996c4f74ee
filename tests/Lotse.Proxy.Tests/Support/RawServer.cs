using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Lotse.Proxy.Tests.Support;

/// <summary>Answers each request with the same bytes and closes: for targets that do what a well-behaved server would not.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly Task serving;
    private readonly byte[] answer;

    private RawServer(string answer)
    {
        this.answer = Encoding.Latin1.GetBytes(answer);
        listener.Start();
        serving = ServeAsync();
    }

    public string Address => listener.LocalEndpoint.ToString()!;

    /// <summary>The last request, health probes left out: they come at any time.</summary>
    public string LastRequest { get; private set; } = "";

    /// <param name="answer">What it answers with; its health path answers 200.</param>
    public static Task<RawServer> StartAsync(string answer) => Task.FromResult(new RawServer(answer));

    public async ValueTask DisposeAsync()
    {
        listener.Dispose();
        await serving;
    }

    private async Task ServeAsync()
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (true)
            {
                using var connection = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken);
                var count = await connection.ReceiveAsync(buffer);
                var request = Encoding.Latin1.GetString(buffer, 0, count);
                var isHealth = request.StartsWith("GET /up ", StringComparison.Ordinal);
                LastRequest = isHealth ? LastRequest : request;
                await connection.SendAsync(
                    isHealth ? "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray() : answer
                );
                connection.Shutdown(SocketShutdown.Send);
            }
        }
        catch (Exception ended)
            when (ended is SocketException or InvalidOperationException or OperationCanceledException)
        {
            // Disposed while it waits, or between two waits: then the listener says that it does not listen (ObjectDisposedException is one too).
            LastRequest = "";
        }
    }
}

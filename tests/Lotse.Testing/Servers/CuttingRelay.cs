using System.Net;
using System.Net.Sockets;

namespace Lotse.Testing.Servers;

/// <summary>
/// A port of 127.0.0.1 that is a server's, until it is cut: then all connections that go through it end, and new ones go through again or are refused.
/// </summary>
public sealed class CuttingRelay : IAsyncDisposable
{
    private const int BufferSize = 64 << 10;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly string _host;
    private readonly int _port;
    private readonly Lock _sync = new();
    private readonly List<Task> _carried = [];
    private readonly HashSet<TcpClient> _open = [];
    private readonly Task _accepting;
    private CancellationTokenSource _cut = new();
    private bool _holdsAnswers;
    private long _asked;
    private bool _isDown;

    private CuttingRelay(string host, int port)
    {
        (_host, _port) = (host, port);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>How often it was cut.</summary>
    public int Cuts { get; private set; }

    /// <summary>Starts it.</summary>
    /// <param name="host">Where the server is.</param>
    /// <param name="port">The server's port.</param>
    public static CuttingRelay Start(string host, int port) => new(host, port);

    /// <summary>Ends all connections: when it returns, who is at their near end can send nothing more.</summary>
    /// <param name="forGood">Whether new ones are ended at once, too.</param>
    public void Cut(bool forGood = false)
    {
        CancellationTokenSource cut;
        lock (_sync)
        {
            (cut, _cut, _holdsAnswers, _isDown) = (_cut, new CancellationTokenSource(), false, forGood);
            Cuts++;
            foreach (var near in _open)
            {
                near.Client.Close(timeout: 0);
            }

            _open.Clear();
        }

        cut.Cancel();
        cut.Dispose();
    }

    /// <summary>
    /// From now on the server hears what it is asked, and nobody hears what it answers, until the next cut: what it says meanwhile is lost then. Whoever sees that
    /// it has done what it was asked for, and cuts, has broken the connection between the deed and the answer.
    /// </summary>
    public void HoldAnswers()
    {
        lock (_sync)
        {
            (_holdsAnswers, _asked) = (true, 0);
        }
    }

    /// <summary>The bytes that the server was sent since its answers are held.</summary>
    public long Asked => Interlocked.Read(ref _asked);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        await Task.WhenAll(_carried);
        _listener.Dispose();
        _stop.Dispose();
        _cut.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Take(await _listener.AcceptTcpClientAsync(_stop.Token));
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }

    private void Take(TcpClient client)
    {
        lock (_sync)
        {
            if (_isDown)
            {
                client.Dispose();
                return;
            }

            _open.Add(client);
            _carried.Add(CarryAsync(client, CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, _cut.Token)));
        }
    }

    private async Task CarryAsync(TcpClient client, CancellationTokenSource end)
    {
        using var near = client;
        using var far = new TcpClient();
        using var ended = end;
        try
        {
            await far.ConnectAsync(_host, _port, end.Token);
            (near.NoDelay, far.NoDelay) = (true, true);
            await Task.WhenAll(
                PipeAsync(near.GetStream(), far, isAnswer: false, end.Token),
                PipeAsync(far.GetStream(), near, isAnswer: true, end.Token)
            );
        }
        catch (Exception exception)
            when (exception
                    is IOException
                        or SocketException
                        or OperationCanceledException
                        or ObjectDisposedException
                        or InvalidOperationException
            )
        {
            // One side is gone, or it was cut: disposing both tells the sides.
        }
        finally
        {
            lock (_sync)
            {
                _open.Remove(client);
            }
        }
    }

    private async Task PipeAsync(NetworkStream from, TcpClient to, bool isAnswer, CancellationToken end)
    {
        var buffer = new byte[BufferSize];
        while (await from.ReadAsync(buffer, end) is > 0 and var read)
        {
            if (isAnswer && _holdsAnswers)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, end);
            }

            await to.GetStream().WriteAsync(buffer.AsMemory(0, read), end);
            Interlocked.Add(ref _asked, isAnswer ? 0 : read);
        }

        to.Client.Shutdown(SocketShutdown.Send);
    }
}

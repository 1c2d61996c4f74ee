using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Lotse.Testing.Servers;

/// <summary>
/// A port of this machine that is a server's, but farther away: what goes through arrives after a delay, in each direction,
/// however much is under way. Counts bytes, and how often the two sides waited for each other.
/// </summary>
public sealed class DelayingRelay : IAsyncDisposable
{
    private const int BufferSize = 64 << 10;

    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly TimeProvider _time;
    private readonly TimeSpan _oneWay;
    private readonly string _host;
    private readonly int _port;
    private readonly Lock _sync = new();
    private readonly List<Task> _connections = [];
    private Task _accepting = Task.CompletedTask;
    private RelayTraffic _traffic;
    private bool _lastWasSent;

    private DelayingRelay(IPEndPoint near, string host, int port, TimeSpan oneWay, TimeProvider time)
    {
        _listener = new TcpListener(near);
        _host = host;
        _port = port;
        _oneWay = oneWay;
        _time = time;
    }

    /// <summary>Where it listens.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What went through so far, all connections together.</summary>
    public RelayTraffic Traffic
    {
        get
        {
            lock (_sync)
            {
                return _traffic;
            }
        }
    }

    /// <summary>Starts it.</summary>
    /// <param name="host">Where the server is.</param>
    /// <param name="port">The server's port.</param>
    /// <param name="oneWay">The delay of each direction: half of what a round trip gets longer by.</param>
    /// <param name="time">Measures the delay.</param>
    public static DelayingRelay Start(string host, int port, TimeSpan oneWay, TimeProvider time) =>
        Start(new IPEndPoint(IPAddress.Loopback, 0), host, port, oneWay, time);

    /// <summary>Starts it at an address and port of this machine's own: any of 127.0.0.0/8, so that several can share a port.</summary>
    public static DelayingRelay Start(IPEndPoint near, string host, int port, TimeSpan oneWay, TimeProvider time)
    {
        var relay = new DelayingRelay(near, host, port, oneWay, time);
        relay._listener.Start();
        relay._accepting = relay.AcceptAsync();
        return relay;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        await Task.WhenAll(_connections);
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _connections.Add(CarryAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }

    private async Task CarryAsync(TcpClient client)
    {
        using var near = client;
        using var far = new TcpClient();
        try
        {
            await far.ConnectAsync(_host, _port, _stop.Token);
            (near.NoDelay, far.NoDelay) = (true, true);
            await Task.WhenAll(
                PipeAsync(near.GetStream(), far, isSent: true),
                PipeAsync(far.GetStream(), near, isSent: false)
            );
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
        {
            // One side is gone, or the relay is: disposing both tells the other side.
        }
    }

    private async Task PipeAsync(NetworkStream from, TcpClient to, bool isSent)
    {
        var underWay = Channel.CreateUnbounded<(long Due, byte[] Bytes)>();
        var delivering = DeliverAsync(underWay.Reader, to);
        var buffer = new byte[BufferSize];
        while (await from.ReadAsync(buffer, _stop.Token) is > 0 and var read)
        {
            Count(read, isSent);
            var due = _time.GetTimestamp() + (long)(_oneWay.TotalSeconds * _time.TimestampFrequency);
            await underWay.Writer.WriteAsync((due, buffer[..read]), _stop.Token);
        }

        underWay.Writer.Complete();
        await delivering;
        to.Client.Shutdown(SocketShutdown.Send);
    }

    private async Task DeliverAsync(ChannelReader<(long Due, byte[] Bytes)> underWay, TcpClient to)
    {
        await foreach (var (due, bytes) in underWay.ReadAllAsync(_stop.Token))
        {
            var rest = _time.GetElapsedTime(_time.GetTimestamp(), due);
            if (rest > TimeSpan.Zero)
            {
                // A delay counts whole milliseconds and drops the rest: without rounding up, it ends too soon.
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(rest.TotalMilliseconds)), _time, _stop.Token);
            }

            await to.GetStream().WriteAsync(bytes, _stop.Token);
        }
    }

    private void Count(int bytes, bool isSent)
    {
        lock (_sync)
        {
            _traffic = isSent
                ? _traffic with
                {
                    Sent = _traffic.Sent + bytes,
                }
                : _traffic with
                {
                    Received = _traffic.Received + bytes,
                    RoundTrips = _traffic.RoundTrips + (_lastWasSent ? 1 : 0),
                };
            _lastWasSent = isSent;
        }
    }
}

/// <summary>What went through a relay.</summary>
/// <param name="Sent">Bytes to the server.</param>
/// <param name="Received">Bytes from the server.</param>
/// <param name="RoundTrips">How often an answer followed on something sent: at most this often one side waited.</param>
public readonly record struct RelayTraffic(long Sent, long Received, long RoundTrips);

using System.IO.Pipes;
using System.Net.Sockets;

namespace Lotse.Hosts.Local;

/// <summary>Asks at an address whether an engine is there: one <c>GET /_ping</c>, which names the API version in its header.</summary>
internal static class EngineProbe
{
    public static async Task<ProbedEngine> ProbeAsync(
        EngineCandidate candidate,
        TimeSpan deadline,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        if (
            !Uri.TryCreate(candidate.Address, UriKind.Absolute, out var address)
            || Connector(address) is not { } connect
        )
        {
            return new(candidate, ProbeOutcome.Unusable, "not an address of an engine that can be used");
        }

        using var timeout = new CancellationTokenSource(deadline, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeout.Token);
        try
        {
            return await PingAsync(candidate, connect, both.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new(candidate, ProbeOutcome.Silent, $"no answer within {deadline.TotalSeconds:0.#} s");
        }
        catch (Exception error) when (error is HttpRequestException or IOException or SocketException)
        {
            return Classify(candidate, error);
        }
    }

    private static async Task<ProbedEngine> PingAsync(
        EngineCandidate candidate,
        Func<CancellationToken, Task<Stream>> connect,
        CancellationToken cancellation
    )
    {
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, token) => await connect(token),
            UseProxy = false,
        };
        using var client = new HttpClient(handler);
        using var answer = await client.GetAsync("http://engine/_ping", cancellation);
        var server = answer.Headers.Server.ToString();
        return
            answer.Headers.TryGetValues("Api-Version", out var versions)
            && Version.TryParse(versions.First(), out var version)
            ? new(candidate, ProbeOutcome.Answers, server, version)
            : new(
                candidate,
                ProbeOutcome.NotAnEngine,
                $"status {(int)answer.StatusCode}, no API version {server}".TrimEnd()
            );
    }

    private static Func<CancellationToken, Task<Stream>>? Connector(Uri address) =>
        address.Scheme switch
        {
            "unix" when address.LocalPath.Length > 1 => token => ConnectUnixAsync(address.LocalPath, token),
            "npipe" when address.Segments.Length == 3 => token => ConnectPipeAsync(address, token),
            "tcp" or "http" when address.Host.Length > 0 => token => ConnectTcpAsync(address, token),
            _ => null,
        };

    private static async Task<Stream> ConnectUnixAsync(string path, CancellationToken cancellation)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException(path);
        }

        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<Stream> ConnectPipeAsync(Uri address, CancellationToken cancellation)
    {
        var pipe = new NamedPipeClientStream(".", address.Segments[2], PipeDirection.InOut, PipeOptions.Asynchronous);
        await pipe.ConnectAsync(cancellation);
        return pipe;
    }

    private static async Task<Stream> ConnectTcpAsync(Uri address, CancellationToken cancellation)
    {
        var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port > 0 ? address.Port : 2375, cancellation);
        return client.GetStream();
    }

    /// <summary>The HTTP client wraps what went wrong while connecting.</summary>
    private static ProbedEngine Classify(EngineCandidate candidate, Exception error) =>
        (error.InnerException ?? error) switch
        {
            FileNotFoundException => new(candidate, ProbeOutcome.Absent),
            UnauthorizedAccessException => new(candidate, ProbeOutcome.NoPermission),
            SocketException { SocketErrorCode: SocketError.AccessDenied } => new(candidate, ProbeOutcome.NoPermission),
            SocketException { SocketErrorCode: SocketError.ConnectionRefused } => new(
                candidate,
                ProbeOutcome.Silent,
                "connection refused"
            ),
            SocketException socket => new(candidate, ProbeOutcome.Silent, socket.Message),
            var other => new(candidate, ProbeOutcome.NotAnEngine, other.Message),
        };
}

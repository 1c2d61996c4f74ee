using System.Globalization;
using System.IO.Pipes;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Docker.DotNet;

namespace Lotse.Hosts.Docker;

/// <summary>
/// A request after which the connection is no HTTP any more but carries what a process reads and writes
/// (<see href="https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerAttach"/>, hijacking). HTTP clients cannot follow
/// that, so it is spoken here.
/// </summary>
internal static class HijackedStream
{
    private const int MostHeaderBytes = 16 * 1024;

    /// <summary>Asks; returns when the connection is the process's.</summary>
    /// <param name="connection">A connection to the engine; is closed when the engine refuses.</param>
    /// <param name="path">The path and query of the request.</param>
    /// <param name="json">Its body.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="DockerApiException">The engine refused.</exception>
    public static async Task<Stream> OpenAsync(
        Stream connection,
        string path,
        string json,
        CancellationToken cancellation
    )
    {
        try
        {
            var body = Encoding.UTF8.GetBytes(json);
            var head =
                $"POST {path} HTTP/1.1\r\nHost: engine.invalid\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n"
                + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n";
            await connection.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(head), .. body], cancellation);
            await connection.FlushAsync(cancellation);
            var answer = await ReadHeadAsync(connection, cancellation);
            var status = int.Parse(answer[0].Split(' ')[1], CultureInfo.InvariantCulture);
            if (status is (int)HttpStatusCode.SwitchingProtocols or (int)HttpStatusCode.OK)
            {
                return connection;
            }

            throw new DockerApiException((HttpStatusCode)status, await ReadBodyAsync(connection, answer, cancellation));
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>A connection to an engine at an address without encryption.</summary>
    public static async Task<Stream> DialAsync(Uri engine, CancellationToken cancellation)
    {
        if (engine.Scheme == "npipe")
        {
            var name = engine.Segments[^1];
            var pipe = new NamedPipeClientStream(engine.Host, name, PipeDirection.InOut, PipeOptions.Asynchronous);
            await pipe.ConnectAsync(cancellation);
            return pipe;
        }

        var isFile = engine.Scheme == "unix";
        EndPoint end = isFile
            ? new UnixDomainSocketEndPoint(engine.AbsolutePath)
            : new DnsEndPoint(engine.Host, engine.Port);
        var socket = isFile
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(end, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Byte by byte: what follows the head is the process's.</summary>
    private static async Task<string[]> ReadHeadAsync(Stream connection, CancellationToken cancellation)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!EndsHead(head))
        {
            if (head.Length > MostHeaderBytes || await connection.ReadAsync(one, cancellation) == 0)
            {
                throw new IOException("The engine closed the connection without an answer.");
            }

            head.Append((char)one[0]);
        }

        return head.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
    }

    private static bool EndsHead(StringBuilder head) =>
        head.Length >= 4 && head[^4] == '\r' && head[^3] == '\n' && head[^2] == '\r' && head[^1] == '\n';

    private static async Task<string> ReadBodyAsync(Stream connection, string[] head, CancellationToken cancellation)
    {
        const string name = "Content-Length:";
        var length = Array.Find(head, l => l.StartsWith(name, StringComparison.OrdinalIgnoreCase));
        if (!int.TryParse(length?[name.Length..], CultureInfo.InvariantCulture, out var bytes))
        {
            return "";
        }

        var body = new byte[Math.Clamp(bytes, 0, MostHeaderBytes)];
        await connection.ReadExactlyAsync(body, cancellation);
        return Encoding.UTF8.GetString(body);
    }
}

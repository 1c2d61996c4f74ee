using System.Buffers.Binary;
using System.IO.Pipes;
using System.Net.Sockets;

namespace Lotse.Hosts.Ssh.Access.Keys;

/// <summary>
/// Talks to an ssh-agent (draft-ietf-sshm-ssh-agent) at a Unix socket, or at a named pipe on Windows. Each question has a connection of its own.
/// </summary>
/// <param name="address">The socket's path, or a pipe's: <c>\\.\pipe\name</c>.</param>
/// <param name="time">The clock.</param>
internal sealed class AgentClient(string address, TimeProvider time)
{
    /// <summary>Where the OpenSSH of Windows has its agent listen.</summary>
    public const string WindowsPipe = PipePrefix + "openssh-ssh-agent";

    private const string PipePrefix = @"\\.\pipe\";
    private const byte RequestIdentities = 11;
    private const byte IdentitiesAnswer = 12;
    private const byte SignRequest = 13;
    private const byte SignResponse = 14;
    private const int LongestAnswer = 256 * 1024;

    /// <summary>Signing may have to wait for a person: a confirmation, or the touch of a security key.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Has SHA-512 used with RSA keys (RFC 8332).</summary>
    public const uint RsaSha512 = 4;

    /// <summary>Where the agent listens.</summary>
    public string Address => address;

    /// <summary>The public keys and comments of the keys that the agent holds.</summary>
    /// <exception cref="IOException">The agent does not answer, or not as an agent.</exception>
    public IReadOnlyList<AgentKey> List()
    {
        var answer = Ask(new WireWriter().Byte(RequestIdentities).ToArray(), IdentitiesAnswer);
        var keys = new List<AgentKey>();
        for (var left = answer.ReadUInt32(); left > 0; left--)
        {
            keys.Add(new AgentKey(PublicKey.FromBlob(answer.ReadBytes()), answer.ReadText()));
        }

        return keys;
    }

    /// <summary>Has the agent sign with one of its keys.</summary>
    /// <returns>The signature with its algorithm's name before it (RFC 4253, section 6.6).</returns>
    /// <exception cref="IOException">The agent refused, or does not answer.</exception>
    public byte[] Sign(PublicKey key, byte[] data, uint flags) =>
        Ask(new WireWriter().Byte(SignRequest).Bytes(key.Blob).Bytes(data).UInt32(flags).ToArray(), SignResponse)
            .ReadBytes();

    private WireReader Ask(byte[] request, byte expected)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        try
        {
            return AskAsync(request, expected, limit.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException late)
        {
            throw new IOException($"no answer within {Patience.TotalSeconds:0} s", late);
        }
        catch (Exception failure) when (failure is SocketException or TimeoutException or InvalidDataException)
        {
            throw new IOException(failure.Message, failure);
        }
    }

    private async Task<WireReader> AskAsync(byte[] request, byte expected, CancellationToken cancellation)
    {
        await using var stream = await ConnectAsync(cancellation);
        await stream.WriteAsync(new WireWriter().Bytes(request).ToArray(), cancellation);
        var length = new byte[sizeof(uint)];
        await stream.ReadExactlyAsync(length, cancellation);
        var size = BinaryPrimitives.ReadUInt32BigEndian(length);
        if (size is 0 or > LongestAnswer)
        {
            throw new IOException($"its answer claims {size} bytes");
        }

        var body = new byte[size];
        await stream.ReadExactlyAsync(body, cancellation);
        return body[0] == expected
            ? new WireReader(body.AsMemory(1))
            : throw new IOException("it refused (a locked agent, or a key that needs a confirmation)");
    }

    private async Task<Stream> ConnectAsync(CancellationToken cancellation)
    {
        if (address.StartsWith(PipePrefix, StringComparison.OrdinalIgnoreCase))
        {
            var name = address[PipePrefix.Length..];
            var pipe = new NamedPipeClientStream(".", name, PipeDirection.InOut, PipeOptions.Asynchronous);
            await pipe.ConnectAsync(TimeSpan.FromSeconds(1), cancellation);
            return pipe;
        }

        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(address), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>A key that an agent holds.</summary>
/// <param name="Key">The public key.</param>
/// <param name="Comment">What the agent calls it.</param>
internal sealed record AgentKey(PublicKey Key, string Comment);

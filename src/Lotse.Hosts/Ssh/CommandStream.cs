using System.IO.Pipelines;
using System.Net.Sockets;
using Lotse.Execution.Ports;
using Renci.SshNet.Common;

namespace Lotse.Hosts.Ssh;

/// <summary>A running command's standard streams as one two-way stream.</summary>
/// <param name="channel">The command.</param>
/// <param name="closed">Is told, once, that it is closed.</param>
/// <param name="isUp">Whether the connection holds, as far as that is known yet.</param>
/// <param name="broken">Tells that the connection broke, and how: by what is known of it, else by what became of this command.</param>
/// <param name="death">Cancelled when the connection is dead: reads fail then.</param>
internal sealed class CommandStream(
    CommandChannel channel,
    Action closed,
    Func<bool> isUp,
    Func<Exception?, HostException> broken,
    CancellationToken death
) : Stream
{
    /// <summary>
    /// Lets go who reads while it is closed, as HTTP clients end a read: how the command ended is then told by nobody (SSH.NET waits a second for the
    /// server's answer to the closing, and completes nothing without it).
    /// </summary>
    private readonly CancellationTokenSource closing = new();

    /// <summary>Far below the window of a channel that OpenSSH opens, which is two megabytes.</summary>
    private const int BytesAtOnce = 256 << 10;

    private long sent;
    private int isClosed;
    private bool hasAnswered;
    private readonly Stream output = channel.Output.AsStream();

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => output.Read(buffer, offset, count);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, death, closing.Token);
        try
        {
            var read = await output.ReadAsync(buffer, linked.Token);
            hasAnswered |= read > 0;
            // A read into nothing only waits for data: 0 is not the end then.
            if (read == 0 && buffer.Length > 0)
            {
                await ThrowIfBrokenAsync(linked.Token);
            }

            return read;
        }
        catch (OperationCanceledException) when (isClosed != 0)
        {
            throw new ObjectDisposedException(nameof(CommandStream));
        }
        catch (OperationCanceledException) when (death.IsCancellationRequested)
        {
            throw Broken(null);
        }
    }

    /// <summary>The end of a command is none when the connection broke. One that ended before its first word says why on its standard error.</summary>
    private async Task ThrowIfBrokenAsync(CancellationToken cancellation)
    {
        // A connection that breaks ends its channels a moment before it is known to be down; how the command ended tells the two apart.
        await channel.Ended.WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (channel.Ended.IsFaulted || !isUp())
        {
            throw Broken(channel.Ended.Exception?.InnerException);
        }

        cancellation.ThrowIfCancellationRequested();

        if (!hasAnswered && (await channel.ReadErrorAsync(cancellation)).Trim() is { Length: > 0 } reason)
        {
            throw new IOException(reason);
        }
    }

    private IOException Broken(Exception? reason)
    {
        var failure = broken(reason);
        return new IOException(failure.Message, failure);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Blocks while the server takes nothing more: as long as its window is full (RFC 4254, 5.2).</summary>
    public override void Write(byte[] buffer, int offset, int count) =>
        Send(() =>
        {
            channel.Input.Write(buffer, offset, count);
            channel.Input.Flush();
        });

    /// <summary>Little is sent at once. Once much was, any write may have to wait for room, and none of them on a thread of the pool's.</summary>
    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer,
        CancellationToken cancellationToken = default
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        var bytes = buffer.ToArray();
        sent += bytes.Length;
        if (sent < BytesAtOnce)
        {
            Write(bytes, 0, bytes.Length);
            return;
        }

        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, death, closing.Token);
        try
        {
            await Blocking.RunAsync(() => Write(bytes, 0, bytes.Length), linked.Token);
        }
        catch (OperationCanceledException) when (isClosed != 0)
        {
            throw new ObjectDisposedException(nameof(CommandStream));
        }
        catch (OperationCanceledException) when (death.IsCancellationRequested)
        {
            throw Broken(null);
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() => Send(channel.Input.Flush);

    /// <summary>What fails on a connection that broke has many types, of which HTTP clients know one.</summary>
    private void Send(Action send)
    {
        try
        {
            send();
        }
        catch (Exception failure)
            when (isClosed == 0
                && failure is SshException or SocketException or ObjectDisposedException or InvalidOperationException
            )
        {
            throw Broken(failure);
        }
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref isClosed, 1) == 0)
        {
            closed();
            closing.Cancel();
            channel.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        base.Dispose(disposing);
    }
}

using System.Buffers;
using System.Threading.Channels;

namespace Lotse.Proxy.Forwarding;

/// <summary>
/// The access log: a line of JSON for each request, written off the request's path and in batches. When the log's reader is so slow that the queue is
/// full, lines are dropped rather than requests held up, and their number is logged.
/// </summary>
internal sealed class AccessLog : IAsyncDisposable
{
    private const int Batch = 60 * 1024;
    private readonly Channel<LogLine>? queue;
    private readonly Stream output;
    private readonly TimeProvider time;
    private readonly Action<string> warn;
    private readonly Task writer;
    private long dropped;
    private bool isBroken;

    /// <param name="output">Where the lines go.</param>
    /// <param name="time">The clock.</param>
    /// <param name="isOn">Whether anything is logged at all.</param>
    /// <param name="warn">Told when the output takes no more, and when it does again.</param>
    public AccessLog(Stream output, TimeProvider time, bool isOn, Action<string> warn)
    {
        this.output = output;
        this.time = time;
        this.warn = warn;
        if (!isOn)
        {
            writer = Task.CompletedTask;
            return;
        }

        queue = Channel.CreateBounded<LogLine>(
            new BoundedChannelOptions(16 * 1024) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite },
            _ => Interlocked.Increment(ref dropped)
        );
        writer = Task.Run(WriteAllAsync);
    }

    public void Write(HttpContext context, LogLine line)
    {
        if (queue is not null)
        {
            line.Complete(context, time);
            queue.Writer.TryWrite(line);
        }
    }

    /// <summary>Writes what is queued, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        queue?.Writer.TryComplete();
        await writer;
    }

    private async Task WriteAllAsync()
    {
        var lines = queue!.Reader;
        var buffer = new ArrayBufferWriter<byte>(Batch + 4096);
        using var text = new LogLineWriter(buffer);
        while (await lines.WaitToReadAsync())
        {
            var (count, lost) = (0L, Interlocked.Exchange(ref dropped, 0));
            while (buffer.WrittenCount < Batch && lines.TryRead(out var line))
            {
                text.Write(line, count++ == 0 ? lost : 0);
            }

            if (!await TrySendAsync(buffer.WrittenMemory))
            {
                Interlocked.Add(ref dropped, count + lost);
            }

            buffer.ResetWrittenCount();
        }
    }

    /// <summary>A disk that is full has room again later: what cannot be written now is counted as dropped, and the next batch is tried anew.</summary>
    private async Task<bool> TrySendAsync(ReadOnlyMemory<byte> batch)
    {
        try
        {
            await output.WriteAsync(batch);
            await output.FlushAsync();
            if (isBroken)
            {
                warn("The access log is written again.");
            }

            isBroken = false;
            return true;
        }
        catch (IOException broken)
        {
            if (!isBroken)
            {
                warn(
                    $"The access log cannot be written: {broken.Message} Requests are served without it until it can."
                );
            }

            isBroken = true;
            return false;
        }
    }
}

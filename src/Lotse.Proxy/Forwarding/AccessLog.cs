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

    /// <param name="output">Where the lines go.</param>
    /// <param name="time">The clock.</param>
    /// <param name="isOn">Whether anything is logged at all.</param>
    /// <param name="warn">Told once, when the output takes no more.</param>
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
        try
        {
            await CopyAsync(queue!.Reader);
        }
        catch (IOException broken)
        {
            warn($"The access log cannot be written any more: {broken.Message} Requests are served without it.");
        }
    }

    private async Task CopyAsync(ChannelReader<LogLine> lines)
    {
        var buffer = new ArrayBufferWriter<byte>(Batch + 4096);
        using var text = new LogLineWriter(buffer);
        while (await lines.WaitToReadAsync())
        {
            while (buffer.WrittenCount < Batch && lines.TryRead(out var line))
            {
                text.Write(line, Interlocked.Exchange(ref dropped, 0));
            }

            await output.WriteAsync(buffer.WrittenMemory);
            await output.FlushAsync();
            buffer.ResetWrittenCount();
        }
    }
}

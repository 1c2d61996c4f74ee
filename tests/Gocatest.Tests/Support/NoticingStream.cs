using System.Text;

namespace Gocatest.Tests.Support;

/// <summary>Keeps what is written and wakes who waits for some of it.</summary>
internal sealed class NoticingStream : MemoryStream
{
    private readonly Lock gate = new();
    private TaskCompletionSource written = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Text
    {
        get
        {
            lock (gate)
            {
                return Encoding.UTF8.GetString(ToArray());
            }
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        lock (gate)
        {
            Write(buffer.Span);
            written.SetResult();
            written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        return ValueTask.CompletedTask;
    }

    public async Task WhenContains(string part, CancellationToken cancel)
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                next = written.Task;
                if (Encoding.UTF8.GetString(ToArray()).Contains(part, StringComparison.Ordinal))
                {
                    return;
                }
            }

            await next.WaitAsync(cancel);
        }
    }
}

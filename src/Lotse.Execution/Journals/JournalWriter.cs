using System.Text.Json;
using System.Threading.Channels;
using Lotse.Execution.Ports;

namespace Lotse.Execution.Journals;

/// <summary>
/// Appends lines to one host's journal in the background, in order, as many at once as have gathered. That a step is done goes with what follows on it: the
/// next step, or the end, which would wait for a line of its own otherwise.
/// </summary>
internal sealed class JournalWriter : IAsyncDisposable
{
    public const string FileName = "journal.jsonl";
    private readonly IHostStore store;
    private readonly Channel<(JournalEntry? Entry, TaskCompletionSource? Flushed)> queue = Channel.CreateUnbounded<(
        JournalEntry?,
        TaskCompletionSource?
    )>();
    private readonly Lock sync = new();
    private readonly List<JournalEntry> held = [];
    private readonly Task pump;

    public JournalWriter(IHostStore store)
    {
        this.store = store;
        pump = PumpAsync();
    }

    public void Write(JournalEntry entry)
    {
        lock (sync)
        {
            held.Add(entry);
            if (entry.Event != JournalEvent.Done)
            {
                LetGo();
            }
        }
    }

    /// <summary>Waits until what was written before is there; throws what kept it from being.</summary>
    public async Task FlushAsync(CancellationToken cancellation)
    {
        lock (sync)
        {
            LetGo();
        }

        var flushed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (queue.Writer.TryWrite((null, flushed)))
        {
            await flushed.Task.WaitAsync(cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (sync)
        {
            LetGo();
        }

        queue.Writer.TryComplete();
        await pump;
    }

    private void LetGo()
    {
        held.ForEach(entry => queue.Writer.TryWrite((entry, null)));
        held.Clear();
    }

    private async Task PumpAsync()
    {
        Exception? failure = null;
        var pending = new List<JournalEntry>();
        while (await queue.Reader.WaitToReadAsync(CancellationToken.None))
        {
            var (lines, waiting) = Take();
            // A line that could not be written goes with the next ones: without its first line, a journal would seem to go on with the one before it.
            pending.AddRange(lines);
            try
            {
                if (pending.Count > 0)
                {
                    await PutTwiceAsync(pending);
                    pending.Clear();
                    failure = null;
                }
            }
            catch (Exception refused) when (refused is HostException or IOException or UnauthorizedAccessException)
            {
                // Whoever flushes next gets to know; without one, the missing end tells the next run.
                failure = refused;
            }

            Answer(waiting, failure);
        }
    }

    /// <summary>Once more when the connection broke: a line that is there twice tells no less than once, and a missing end that the deployer died.</summary>
    private async Task PutTwiceAsync(List<JournalEntry> lines)
    {
        try
        {
            await PutAsync(lines);
        }
        catch (HostException broken) when (broken.Failure == HostFailure.Unreachable)
        {
            await PutAsync(lines);
        }
    }

    /// <summary>The first line of a rollout takes the place of the journal before it.</summary>
    private Task PutAsync(List<JournalEntry> entries)
    {
        var lines = entries.ConvertAll(e => JsonSerializer.Serialize(e, StoreJson.Default.JournalEntry));
        return entries[0].Event == JournalEvent.Begin
            ? store.ReplaceAsync(FileName, string.Concat(lines.Select(l => l + "\n")), CancellationToken.None)
            : store.AppendAsync(FileName, lines, CancellationToken.None);
    }

    private (List<JournalEntry> Lines, List<TaskCompletionSource> Waiting) Take()
    {
        var (lines, waiting) = (new List<JournalEntry>(), new List<TaskCompletionSource>());
        while (queue.Reader.TryRead(out var item))
        {
            if (item.Entry is { } entry)
            {
                lines.Add(entry);
            }

            if (item.Flushed is { } flushed)
            {
                waiting.Add(flushed);
            }
        }

        return (lines, waiting);
    }

    private static void Answer(List<TaskCompletionSource> waiting, Exception? failure)
    {
        foreach (var flushed in waiting)
        {
            if (failure is null)
            {
                flushed.TrySetResult();
            }
            else
            {
                flushed.TrySetException(failure);
            }
        }
    }
}

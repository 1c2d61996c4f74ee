using Lotse.Execution.Ports;
using Lotse.Execution.Reporting;

namespace Lotse.Execution.Journals;

/// <summary>
/// The journal of a rollout, on each of its hosts: lines of JSON in the host's store. It begins anew with each rollout; a journal without an
/// end tells the next run that a deployer died. Lines are written behind the work, many at once, so that a distant host costs no round trip
/// for each: what serves is always found by looking, and the journal tells how it came to be.
/// </summary>
public sealed class Journal : IAsyncDisposable
{
    private readonly IReadOnlyList<(IHost Host, JournalWriter Writer)> writers;
    private readonly IRolloutObserver observer;
    private readonly TimeProvider time;
    private readonly string rollout;
    private readonly Func<string, bool> isOurs;

    /// <param name="hosts">The rollout's hosts.</param>
    /// <param name="observer">Is told of hosts that take no more lines.</param>
    /// <param name="time">The clock.</param>
    /// <param name="rollout">The rollout's id.</param>
    /// <param name="isOurs">Whether a host's lease is held still: where it is lost the journal is another rollout's.</param>
    public Journal(
        IEnumerable<IHost> hosts,
        IRolloutObserver observer,
        TimeProvider time,
        string rollout,
        Func<string, bool> isOurs
    )
    {
        writers = [.. hosts.Select(h => (h, new JournalWriter(h.Store)))];
        this.observer = observer;
        this.time = time;
        this.rollout = rollout;
        this.isOurs = isOurs;
    }

    /// <summary>Begins the journal anew on each host. Returns before it is written.</summary>
    public void Begin(string purpose, string version, string owner)
    {
        var first = Entry(JournalEvent.Begin, null, purpose) with { Version = version, Owner = owner };
        foreach (var (_, writer) in writers)
        {
            writer.Write(first);
        }
    }

    /// <summary>Adds a line: to a host's own journal, or to all when it concerns all. Returns before it is written.</summary>
    public void Write(JournalEvent what, string? host, string text)
    {
        var entry = Entry(what, host, text);
        foreach (var (owner, writer) in writers)
        {
            if ((host is null || host == owner.Name) && isOurs(owner.Name))
            {
                writer.Write(entry);
            }
        }
    }

    /// <summary>Adds the last line. A host that does not take it is warned of: its next deploy will say that this one was interrupted.</summary>
    public async Task EndAsync(string outcome)
    {
        Write(JournalEvent.End, null, outcome);
        await Task.WhenAll(writers.Select(EndAsync));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await Task.WhenAll(writers.Select(w => w.Writer.DisposeAsync().AsTask()));

    private async Task EndAsync((IHost Host, JournalWriter Writer) target)
    {
        try
        {
            await target.Writer.FlushAsync(CancellationToken.None);
        }
        catch (Exception failure) when (failure is HostException or IOException)
        {
            observer.Report(new Warning(target.Host.Name, $"the journal has no end: {failure.Message}"));
        }
    }

    private JournalEntry Entry(JournalEvent what, string? host, string text) =>
        new()
        {
            At = time.GetUtcNow(),
            Rollout = rollout,
            Event = what,
            Host = host,
            Text = text,
        };
}

using System.Collections.Immutable;
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
    private readonly SecretMask mask;
    private Task beginning = Task.CompletedTask;

    /// <param name="hosts">The rollout's hosts.</param>
    /// <param name="observer">Is told of hosts that take no more lines.</param>
    /// <param name="time">The clock.</param>
    /// <param name="rollout">The rollout's id.</param>
    /// <param name="isOurs">Whether a host's lease is held still: where it is lost the journal is another rollout's.</param>
    /// <param name="mask">Hides secrets.</param>
    public Journal(
        IEnumerable<IHost> hosts,
        IRolloutObserver observer,
        TimeProvider time,
        string rollout,
        Func<string, bool> isOurs,
        SecretMask mask
    )
    {
        this.mask = mask;
        writers = [.. hosts.Select(h => (h, new JournalWriter(h.Store)))];
        this.observer = observer;
        this.time = time;
        this.rollout = rollout;
        this.isOurs = isOurs;
    }

    /// <summary>Begins the journal anew on each host. Returns before it is written: <see cref="AwaitBegunAsync"/> waits for that.</summary>
    /// <param name="purpose">What the rollout is for.</param>
    /// <param name="after">Gives the rollouts without an end that a host's journal knows, which this one begins anew.</param>
    public void Begin(RolloutPurpose purpose, Func<string, ImmutableArray<string>> after)
    {
        var first = Entry(JournalEvent.Begin, null, purpose.Text) with
        {
            Version = purpose.Version,
            Owner = purpose.Owner,
            Commit = purpose.Commit,
            IsRollback = purpose.IsRollback,
        };
        foreach (var (host, writer) in writers)
        {
            var known = after(host.Name);
            writer.Write(known.IsEmpty ? first : first with { After = known });
        }

        beginning = Task.WhenAll(writers.Select(w => w.Writer.FlushAsync(CancellationToken.None)));
        _ = beginning.ContinueWith(t => t.Exception, TaskScheduler.Default);
    }

    /// <summary>Waits until each host has the first line: from then on the next run knows what this one leaves if it dies.</summary>
    /// <exception cref="HostException">A host does not take it.</exception>
    public async Task AwaitBegunAsync(CancellationToken cancellation)
    {
        var begun = Interlocked.Exchange(ref beginning, Task.CompletedTask);
        try
        {
            await begun.WaitAsync(cancellation);
        }
        catch (HostException broken) when (broken.Failure == HostFailure.Unreachable)
        {
            // Connects again.
            await Task.WhenAll(writers.Select(w => w.Writer.FlushAsync(cancellation)));
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
    /// <param name="outcome">What came of the rollout.</param>
    /// <param name="left">The hosts on which not all could be taken back: their journals stay without an end, so that the next run clears up there.</param>
    public async Task EndAsync(string outcome, IReadOnlyCollection<string> left)
    {
        foreach (var (host, _) in writers)
        {
            var isLeft = left.Contains(host.Name);
            Write(
                isLeft ? JournalEvent.State : JournalEvent.End,
                host.Name,
                isLeft ? $"{outcome}, but not all could be taken back" : outcome
            );
        }

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
            Text = mask.Apply(text),
        };
}

/// <summary>What a rollout is for.</summary>
/// <param name="Text">In a few words: <c>deploy 1.4.0</c>.</param>
/// <param name="Version">The version that it brings.</param>
/// <param name="Owner">Who began it: <c>user@machine</c>.</param>
/// <param name="Commit">The version's commit; null when not known.</param>
/// <param name="IsRollback">Whether it goes back to a release that served before.</param>
public sealed record RolloutPurpose(
    string Text,
    string Version,
    string Owner,
    string? Commit = null,
    bool IsRollback = false
);

using Lotse.Execution.Ports;

namespace Lotse.EndToEnd.Host;

/// <summary>Names the moments at which a lease is taken or given back, or a journal is begun: it is done then, and the deployer does not know it yet.</summary>
internal sealed class WatchedStore(string host, IHostStore inner, Moments moments) : IHostStore
{
    private const string Lease = "lease.json";
    private const string Journal = "journal.jsonl";
    private int isLeased;

    public string Location => inner.Location;

    public Task<string?> ReadAsync(string name, CancellationToken cancellation) => inner.ReadAsync(name, cancellation);

    public Task<IReadOnlyList<string?>> ReadAsync(IReadOnlyList<string> names, CancellationToken cancellation) =>
        inner.ReadAsync(names, cancellation);

    public async Task<bool> CompareAndSwapAsync(
        string name,
        string? expected,
        string? replacement,
        CancellationToken cancellation
    )
    {
        var isSwapped = await inner.CompareAndSwapAsync(name, expected, replacement, cancellation);
        if (isSwapped && name == Lease)
        {
            if (replacement!.Contains("\"released\":true", StringComparison.Ordinal))
            {
                moments.Pass("Unread LeaseGivenBack");
            }
            else if (Interlocked.Exchange(ref isLeased, 1) == 0)
            {
                // Only the first time: the others are heartbeats.
                moments.Pass("Unread LeaseTaken");
            }
        }

        return isSwapped;
    }

    public async Task ReplaceAsync(string name, string text, CancellationToken cancellation)
    {
        await inner.ReplaceAsync(name, text, cancellation);
        Tell(name, text.Split('\n'));
        if (name == Journal)
        {
            moments.Pass("Unread JournalBegun");
        }
    }

    public async Task AppendAsync(string name, IReadOnlyCollection<string> lines, CancellationToken cancellation)
    {
        await inner.AppendAsync(name, lines, cancellation);
        Tell(name, lines);
    }

    public Task ClearAsync(CancellationToken cancellation) => inner.ClearAsync(cancellation);

    private void Tell(string name, IEnumerable<string> lines)
    {
        foreach (var line in lines.Where(_ => name == Journal))
        {
            moments.Written(host, line);
        }
    }
}

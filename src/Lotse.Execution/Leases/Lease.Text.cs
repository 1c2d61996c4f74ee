using System.Text.Json;
using Lotse.Execution.Ports;

namespace Lotse.Execution.Leases;

/// <summary>How it is written to the host's store.</summary>
public sealed partial class Lease
{
    /// <summary>What is no lease is nobody's: it is written whole or not at all, so no deployer has left it half-way.</summary>
    private static LeaseRecord? Parse(string? text)
    {
        try
        {
            return text is null ? null : JsonSerializer.Deserialize(text, StoreJson.Default.LeaseRecord);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Format(LeaseRecord record) => JsonSerializer.Serialize(record, StoreJson.Default.LeaseRecord);

    private async Task<bool> ReplaceAsync(LeaseRecord next, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            var nextText = Format(next);
            if (!await SwapAsync(store, text, nextText, cancellation) && !await ReplaceOwnAsync(nextText, cancellation))
            {
                return false;
            }

            (record, text) = (next, nextText);
            return true;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>
    /// Writes once more when the connection broke, and looks: what was written although nobody heard of it would be nobody's lease, and hold up the next deployer.
    /// </summary>
    private static async Task<bool> SwapAsync(
        IHostStore store,
        string? expected,
        string next,
        CancellationToken cancellation
    )
    {
        try
        {
            return await store.CompareAndSwapAsync(FileName, expected, next, cancellation);
        }
        catch (HostException broken)
            when (broken.Failure == HostFailure.Unreachable && !cancellation.IsCancellationRequested)
        {
            return await store.CompareAndSwapAsync(FileName, expected, next, cancellation)
                || await store.ReadAsync(FileName, cancellation) == next;
        }
    }

    /// <summary>An earlier write may have been done although its answer was lost: a lease of another text and of the same fence is still ours.</summary>
    private async Task<bool> ReplaceOwnAsync(string nextText, CancellationToken cancellation)
    {
        var present = await store.ReadAsync(FileName, cancellation);
        return Parse(present) is { Released: false } found
            && (found.Fence, found.Rollout) == (record.Fence, record.Rollout)
            && await store.CompareAndSwapAsync(FileName, present, nextText, cancellation);
    }
}

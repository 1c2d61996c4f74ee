using System.Globalization;
using Lotse.Execution.Ports;
using Lotse.Execution.Reporting;

namespace Lotse.Execution.Leases;

/// <summary>
/// Waits for leases whose holders cannot be seen from this machine. Such a holder sends a heartbeat soon, or it is dead, and its lease is over soon: a deploy
/// that comes right after a lost job goes on by itself instead of being refused.
/// </summary>
/// <param name="processes">Tells whether a holder lives.</param>
/// <param name="observer">Is told what is waited for.</param>
/// <param name="time">The clock.</param>
internal sealed class SilentHolders(IProcessProbe processes, IRolloutObserver observer, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>What clocks may be off, and an answer may take, beyond what a lease lasts.</summary>
    private static readonly TimeSpan Most = LeaseRules.Lifetime + TimeSpan.FromSeconds(5);

    /// <summary>The hosts whose leases are held, as far as is known, by somebody who cannot be seen.</summary>
    public List<IHost> Among(IEnumerable<IHost> hosts, IReadOnlyDictionary<string, LeaseSight> seen) =>
        [.. hosts.Where(h => seen[h.Name].Holder is { } holder && processes.IsAlive(holder.Process) is null)];

    /// <summary>Waits until each of them has shown a sign of life on one of the hosts, has given its lease back, or has let it end.</summary>
    /// <param name="silent">The hosts.</param>
    /// <param name="seen">The leases that were read there, by the host's name.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public Task AwaitAsync(
        IReadOnlyList<IHost> silent,
        IReadOnlyDictionary<string, LeaseSight> seen,
        CancellationToken cancellation
    ) =>
        Task.WhenAll(
            silent
                .GroupBy(h => seen[h.Name].Record!.Rollout)
                .Select(rollout => AwaitOneAsync([.. rollout], seen, cancellation))
        );

    /// <summary>One holder: a heartbeat on one host tells that it lives, although it may be cut off from another.</summary>
    private async Task AwaitOneAsync(
        List<IHost> hosts,
        IReadOnlyDictionary<string, LeaseSight> seen,
        CancellationToken cancellation
    )
    {
        observer.Report(new Remark(hosts[0].Name, Tell(hosts, seen)));
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var start = time.GetTimestamp();
        var waits = hosts.ConvertAll(async host =>
        {
            if (await BeatsAsync(host, seen[host.Name], start, enough.Token))
            {
                await enough.CancelAsync();
            }
        });
        await Task.WhenAll(waits).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellation.ThrowIfCancellationRequested();
        if (!enough.IsCancellationRequested)
        {
            await Task.WhenAll(waits);
        }
    }

    /// <summary>Not longer than a lease lasts, whatever the clocks say.</summary>
    /// <returns>Whether it was renewed; false when it is free, or nothing was heard.</returns>
    private async Task<bool> BeatsAsync(IHost host, LeaseSight before, long start, CancellationToken cancellation)
    {
        while (time.GetElapsedTime(start) < Most)
        {
            await Task.Delay(Pause, time, cancellation);
            if (await LookAsync(host, cancellation) is not { } now)
            {
                continue;
            }

            if (now.Verdict != LeaseVerdict.Held || now.Text != before.Text)
            {
                return now.Verdict == LeaseVerdict.Held;
            }
        }

        return false;
    }

    /// <summary>Null when the host did not answer just now: that says nothing of the holder.</summary>
    private async Task<LeaseSight?> LookAsync(IHost host, CancellationToken cancellation)
    {
        try
        {
            return Lease.Judge(host, await host.Store.ReadAsync(Lease.FileName, cancellation), processes, time);
        }
        catch (HostException broken) when (broken.Failure == HostFailure.Unreachable)
        {
            return null;
        }
    }

    private string Tell(List<IHost> hosts, IReadOnlyDictionary<string, LeaseSight> seen)
    {
        var holder = seen[hosts[0].Name].Record!;
        var left = hosts.Max(h => seen[h.Name].Record!.ExpiresAt - HostTime.Of(h, time).GetUtcNow());
        var most = left < Most ? left : Most;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{holder.Owner} holds the lease for '{holder.Purpose}'; waiting for a sign of life, at most {Math.Ceiling(most.TotalSeconds):0} s"
        );
    }
}

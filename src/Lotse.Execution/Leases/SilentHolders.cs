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

    /// <summary>Waits until each of them has shown a sign of life, has given its lease back, or has let it end.</summary>
    /// <param name="hosts">The hosts.</param>
    /// <param name="seen">The leases that were read there, by the host's name.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>Whether any was waited for: what was read before is old then.</returns>
    public async Task<bool> AwaitAsync(
        IReadOnlyList<IHost> hosts,
        IReadOnlyDictionary<string, LeaseSight> seen,
        CancellationToken cancellation
    )
    {
        var silent = hosts
            .Select(h => (Host: h, Sight: seen[h.Name]))
            .Where(s => s.Sight.Holder is { } holder && processes.IsAlive(holder.Process) is null)
            .ToList();
        foreach (var (host, sight) in silent.DistinctBy(s => s.Sight.Holder!.Rollout))
        {
            observer.Report(new Remark(host.Name, Tell(sight.Holder!)));
        }

        await Task.WhenAll(silent.Select(s => AwaitAsync(s.Host, s.Sight, cancellation)));
        return silent.Count > 0;
    }

    /// <summary>Not longer than a lease lasts, whatever the clocks say.</summary>
    private async Task AwaitAsync(IHost host, LeaseSight before, CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        var now = before;
        while (
            now.Verdict == LeaseVerdict.Held
            && now.Text == before.Text
            && time.GetElapsedTime(start) < LeaseRules.Lifetime
        )
        {
            await Task.Delay(Pause, time, cancellation);
            var text = await host.Store.ReadAsync(Lease.FileName, cancellation);
            now = Lease.Judge(host, text, processes, time);
        }
    }

    private static string Tell(LeaseRecord holder) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{holder.Owner} holds the lease for '{holder.Purpose}'; waiting for a sign of life, at most until it ends by itself at {holder.ExpiresAt:HH:mm:ss} UTC"
        );
}

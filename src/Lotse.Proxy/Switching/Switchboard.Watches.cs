using Lotse.Proxy.Targets;

namespace Lotse.Proxy.Switching;

internal sealed partial class Switchboard
{
    private readonly Dictionary<string, CancellationTokenSource> watches = new(StringComparer.Ordinal);

    /// <summary>Ends the probes of the targets that have the traffic.</summary>
    public void Dispose()
    {
        lock (turn)
        {
            foreach (var service in watches.Keys.ToArray())
            {
                Watch(service, null);
            }
        }
    }

    /// <summary>From now on the health of this target of the service is asked after, and of no other.</summary>
    private void Watch(string service, Binding? active)
    {
        if (watches.Remove(service, out var before))
        {
            // Not Cancel: what waits for it is not to run here, where the lock is held.
            _ = before.CancelAsync();
        }

        if (active is not null)
        {
            var ended = new CancellationTokenSource();
            watches[service] = ended;
            _ = watch.RunAsync(active, ended.Token);
        }
    }
}

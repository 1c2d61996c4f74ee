using Lotse.Proxy.Contract;
using Lotse.Proxy.Targets;

namespace Lotse.Proxy.Health;

/// <summary>
/// Goes on asking after the health of a target that has the traffic. It moves no traffic: there is nowhere else to send it. Who watches a new release learns
/// of it what the requests alone do not show.
/// </summary>
internal sealed class HealthWatch(IHealthProbe probe, TimeProvider time)
{
    /// <summary>Probes at the target's interval until it is ended, and notes on the target what was found.</summary>
    public async Task RunAsync(Binding binding, CancellationToken ended)
    {
        var (target, options) = binding;
        var url = HealthGate.UrlOf(target.Address, options);
        var (probes, failures) = (0L, 0L);
        try
        {
            while (true)
            {
                await Task.Delay(options.HealthCheckInterval, time, ended);
                var found = await probe.AskAsync(url, options, ended);
                var isHealthy = found.Status is { } status && HealthRule.IsHealthy(status);
                (probes, failures) = (probes + 1, failures + (isHealthy ? 0 : 1));
                target.Health = new HealthReport
                {
                    Healthy = isHealthy,
                    Probes = probes,
                    Failures = failures,
                    Last = found,
                };
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The traffic went elsewhere: what was found last stays on the target.
        }
    }
}

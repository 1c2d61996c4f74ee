using Lotse.Proxy.Contract;

namespace Lotse.Proxy.Health;

/// <summary>Probes a target until the rule calls it healthy or the time is over.</summary>
internal sealed class HealthGate(IHealthProbe probe, TimeProvider time)
{
    public async Task<StageResult> AwaitAsync(string target, ServiceOptions options, CancellationToken aborted)
    {
        var url = UrlOf(target, options);
        using var limit = new CancellationTokenSource(options.DeployTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(aborted, limit.Token);
        var last = new ProbeReport
        {
            Url = url,
            Attempts = 1,
            Fault = ProbeFault.Timeout,
            FaultText = "it was not probed to an end",
        };
        for (var attempts = 1; ; attempts++)
        {
            try
            {
                var found = await probe.AskAsync(url, options, linked.Token);
                last = found with { Attempts = attempts };
                if (last.Status is { } status && HealthRule.IsHealthy(status))
                {
                    return new StageResult { Healthy = true, Probe = last };
                }

                await Task.Delay(HealthRule.PauseAfter(attempts, options.HealthCheckInterval), time, linked.Token);
            }
            catch (OperationCanceledException) when (linked.IsCancellationRequested)
            {
                return new StageResult { Aborted = aborted.IsCancellationRequested, Probe = last };
            }
        }
    }

    internal static string UrlOf(string target, ServiceOptions options)
    {
        var host =
            options.HealthCheckPort == 0 ? target : $"{target[..target.LastIndexOf(':')]}:{options.HealthCheckPort}";
        return $"http://{host}{options.HealthCheckPath}";
    }
}

using Lotse.Execution.Ports;
using Lotse.Planning.Observed;
using Lotse.Planning.Steps;
using Lotse.Proxy.Contract;

namespace Lotse.Hosts.Proxy;

/// <summary>Our words to the proxy's and back. Pure.</summary>
internal static class RouteConverter
{
    public static ServiceOptions ToOptions(ProxyRoute route)
    {
        var options = new ServiceOptions
        {
            Hosts = route.Hosts,
            PathPrefixes = route.PathPrefixes,
            StripPathPrefix = route.StripPathPrefix,
            TargetHttp2 = route.Http2,
            DeployTimeout = route.DeployTimeout,
            DrainTimeout = route.DrainTimeout,
            HealthCheckPath = route.HealthCheckPath,
            HealthCheckInterval = route.HealthCheckInterval,
            HealthCheckTimeout = route.HealthCheckTimeout,
            TargetTimeout = route.ResponseTimeout,
            BufferRequests = route.BufferRequests,
            BufferResponses = route.BufferResponses,
            MaxRequestBody = route.MaxRequestBody ?? 0,
            MaxResponseBody = route.MaxResponseBody ?? 0,
            ForwardHeaders = route.ForwardHeaders,
            LogRequestHeaders = route.LogRequestHeaders,
            LogResponseHeaders = route.LogResponseHeaders,
        };
        return route.BufferMemory is { } memory ? options with { BufferMemory = memory } : options;
    }

    public static ProxiedMode ToMode(ServiceMode mode) =>
        mode switch
        {
            ServiceMode.Paused => ProxiedMode.Paused,
            ServiceMode.Stopped => ProxiedMode.Stopped,
            _ => ProxiedMode.Running,
        };

    public static TrafficCount? ToCount(TargetReport? active) =>
        active is null
            ? null
            : new TrafficCount(active.Requests, active.Errors) { ConnectErrors = active.ConnectErrors };

    public static StageOutcome ToOutcome(StageResult result) =>
        new()
        {
            Healthy = result.Healthy,
            ProbeUrl = result.Probe.Url,
            Attempts = result.Probe.Attempts,
            Status = result.Probe.Status,
            BodyStart = result.Probe.BodyStart,
            Failure = Enum.Parse<ProbeFailure>(result.Probe.Fault.ToString()),
            FailureText = result.Probe.FaultText,
        };
}

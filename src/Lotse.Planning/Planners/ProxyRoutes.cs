using Lotse.Configuration;
using Lotse.Planning.Steps;

namespace Lotse.Planning.Planners;

/// <summary>Makes a role's route in the proxy from the configuration. Pure.</summary>
internal static class ProxyRoutes
{
    public static ProxyRoute For(DeployConfig config, RoleConfig role, string service)
    {
        var proxy = role.Proxy ?? throw new ArgumentException($"Role {role.Name} is not proxied.", nameof(role));
        return new ProxyRoute
        {
            Service = service,
            Port = proxy.AppPort,
            Hosts = proxy.Hosts,
            PathPrefixes = proxy.PathPrefixes,
            StripPathPrefix = proxy.StripPathPrefix,
            Http2 = proxy.Http2,
            HealthCheckPath = proxy.HealthCheck.Path,
            HealthCheckInterval = proxy.HealthCheck.Interval,
            HealthCheckTimeout = proxy.HealthCheck.Timeout,
            DeployTimeout = config.DeployTimeout,
            DrainTimeout = config.DrainTimeout,
            ResponseTimeout = proxy.ResponseTimeout,
            BufferRequests = proxy.Buffering.Requests ?? false,
            BufferResponses = proxy.Buffering.Responses ?? false,
            MaxRequestBody = proxy.Buffering.MaxRequestBody,
            MaxResponseBody = proxy.Buffering.MaxResponseBody,
            BufferMemory = proxy.Buffering.Memory,
            ForwardHeaders = proxy.ForwardHeaders,
            LogRequestHeaders = proxy.Logging.RequestHeaders,
            LogResponseHeaders = proxy.Logging.ResponseHeaders,
        };
    }
}

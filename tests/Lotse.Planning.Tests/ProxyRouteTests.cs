using Lotse.Configuration;
using Lotse.Planning.Observed;
using Lotse.Planning.Steps;

namespace Lotse.Planning.Tests;

/// <summary>The route that a new container is staged with is the configured one.</summary>
public sealed class ProxyRouteTests
{
    [Fact]
    public void Each_key_of_the_configuration_arrives()
    {
        var scenario = new Scenario().Proxy().Served("1", 1, ContainerState.Running, isActive: true);
        var proxy = new ProxyConfig
        {
            AppPort = 8080,
            Hosts = ["shop.example"],
            PathPrefixes = ["/shop"],
            StripPathPrefix = false,
            Http2 = true,
            ForwardHeaders = false,
            HealthCheck = new HealthCheckConfig
            {
                Path = "/healthz",
                Interval = TimeSpan.FromSeconds(2),
                Timeout = TimeSpan.FromSeconds(3),
            },
            ResponseTimeout = TimeSpan.FromSeconds(4),
            Buffering = new BufferingConfig
            {
                Requests = true,
                Responses = true,
                MaxRequestBody = 7,
                MaxResponseBody = 8,
                Memory = 9,
            },
            Logging = new ProxyLoggingConfig { RequestHeaders = ["Accept"], ResponseHeaders = ["Age"] },
        };
        scenario.Config = scenario.Config with
        {
            Roles = [scenario.Config.Roles[0] with { Proxy = proxy }],
            DeployTimeout = TimeSpan.FromSeconds(5),
            DrainTimeout = TimeSpan.FromSeconds(6),
        };

        var route = Assert.Single(scenario.Plan("2")[PlanPhase.Stage].OfType<StageTarget>()).Route;

        Assert.Equal(("app-web", 8080), (route.Service, route.Port));
        Assert.Equal(["shop.example"], route.Hosts);
        Assert.Equal(["/shop"], route.PathPrefixes);
        Assert.Equal((false, true, false), (route.StripPathPrefix, route.Http2, route.ForwardHeaders));
        Assert.Equal((true, true), (route.BufferRequests, route.BufferResponses));
        Assert.Equal((7L, 8L, 9L), (route.MaxRequestBody, route.MaxResponseBody, route.BufferMemory));
        Assert.Equal(["Accept"], route.LogRequestHeaders);
        Assert.Equal(["Age"], route.LogResponseHeaders);
        Assert.Equal("/healthz", route.HealthCheckPath);
        Assert.Equal(
            [2, 3, 4, 5, 6],
            new[]
            {
                route.HealthCheckInterval,
                route.HealthCheckTimeout,
                route.ResponseTimeout,
                route.DeployTimeout,
                route.DrainTimeout,
            }.Select(t => t.TotalSeconds)
        );
    }
}

using System.Collections.Immutable;

namespace Lotse.Planning.Steps;

/// <summary>How the proxy reaches and judges a container: all that <c>stage</c> needs beside the target itself.</summary>
public sealed record ProxyRoute
{
    /// <summary>The service's name in the proxy: <c>service-role[-destination]</c>.</summary>
    public required string Service { get; init; }

    /// <summary>The container's port that serves the requests.</summary>
    public required int Port { get; init; }

    /// <summary>Host names that route here; empty takes any.</summary>
    public ImmutableArray<string> Hosts { get; init; } = [];

    /// <summary>Path prefixes that route here; empty takes all.</summary>
    public ImmutableArray<string> PathPrefixes { get; init; } = [];

    /// <summary>Whether the matched prefix is taken off before the request is forwarded.</summary>
    public bool StripPathPrefix { get; init; } = true;

    /// <summary>Whether the container is spoken to in HTTP/2 without TLS.</summary>
    public bool Http2 { get; init; }

    /// <summary>The path that answers 2xx when the container can serve.</summary>
    public string HealthCheckPath { get; init; } = "/up";

    /// <summary>The time between health probes, reached after a fast start.</summary>
    public TimeSpan HealthCheckInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest a health probe may take.</summary>
    public TimeSpan HealthCheckTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the container may take to become healthy.</summary>
    public TimeSpan DeployTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long in-flight requests may take to finish after the switch.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the container may take until its response headers.</summary>
    public TimeSpan ResponseTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether requests are read whole before they are forwarded.</summary>
    public bool BufferRequests { get; init; }

    /// <summary>Whether responses are read whole before they are sent.</summary>
    public bool BufferResponses { get; init; }

    /// <summary>The largest request body in bytes; null sets no limit.</summary>
    public long? MaxRequestBody { get; init; }

    /// <summary>The largest response body in bytes; null sets no limit.</summary>
    public long? MaxResponseBody { get; init; }

    /// <summary>Bytes of a buffered body that stay in memory; null leaves the proxy's default.</summary>
    public long? BufferMemory { get; init; }

    /// <summary>Whether X-Forwarded-* headers of the client are kept.</summary>
    public bool ForwardHeaders { get; init; }

    /// <summary>Request headers that the access log holds.</summary>
    public ImmutableArray<string> LogRequestHeaders { get; init; } = [];

    /// <summary>Response headers that the access log holds.</summary>
    public ImmutableArray<string> LogResponseHeaders { get; init; } = [];
}

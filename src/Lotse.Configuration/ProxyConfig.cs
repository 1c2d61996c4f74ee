using System.Collections.Immutable;

namespace Lotse.Configuration;

/// <summary>How requests reach a role.</summary>
public sealed record ProxyConfig
{
    /// <summary>Host names that route here; empty takes any.</summary>
    public ImmutableArray<string> Hosts { get; init; } = [];

    /// <summary>The container's port; default 80.</summary>
    public int AppPort { get; init; } = 80;

    /// <summary>Path prefixes that route here; empty takes all.</summary>
    public ImmutableArray<string> PathPrefixes { get; init; } = [];

    /// <summary>Whether the matched prefix is taken off before the request goes on; default true.</summary>
    public bool StripPathPrefix { get; init; } = true;

    /// <summary>Whether the container is spoken to in HTTP/2 without TLS (h2c, RFC 9113 section 3.3); default false: HTTP/1.1.</summary>
    public bool Http2 { get; init; }

    /// <summary>Whether the proxy answers HTTPS with a certificate of its own or the given one.</summary>
    public bool Ssl { get; init; }

    /// <summary>A certificate from secrets; null when none is given.</summary>
    public CertificateConfig? Certificate { get; init; }

    /// <summary>Whether HTTP is sent on to HTTPS; default true. Only with <see cref="Ssl"/>.</summary>
    public bool SslRedirect { get; init; } = true;

    /// <summary>What tells that a container can serve.</summary>
    public HealthCheckConfig HealthCheck { get; init; } = new();

    /// <summary>How long the container may take to answer; default 30 s.</summary>
    public TimeSpan ResponseTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What the proxy holds back until it is whole.</summary>
    public BufferingConfig Buffering { get; init; } = new();

    /// <summary>
    /// Whether the client's <c>X-Forwarded-*</c> headers are kept; default: the opposite of <see cref="Ssl"/>.
    /// </summary>
    public bool ForwardHeaders { get; init; } = true;

    /// <summary>Which headers the access log holds.</summary>
    public ProxyLoggingConfig Logging { get; init; } = new();
}

/// <summary>A certificate given by secrets.</summary>
/// <param name="CertificateSecret">The name of the secret with the certificate chain in PEM.</param>
/// <param name="PrivateKeySecret">The name of the secret with the private key in PEM.</param>
public sealed record CertificateConfig(string CertificateSecret, string PrivateKeySecret);

/// <summary>What tells that a container can serve.</summary>
public sealed record HealthCheckConfig
{
    /// <summary>The path that answers 2xx when it can; default <c>/up</c>.</summary>
    public string Path { get; init; } = "/up";

    /// <summary>The longest time between two probes; default 1 s.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest a probe may take; default 5 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>
/// What the proxy holds back until it is whole. Null means that the file says nothing, and the proxy's default holds.
/// </summary>
public sealed record BufferingConfig
{
    /// <summary>Whether requests are read whole before they go on.</summary>
    public bool? Requests { get; init; }

    /// <summary>Whether responses are read whole before they go back.</summary>
    public bool? Responses { get; init; }

    /// <summary>The largest request body in bytes; 0 for no limit.</summary>
    public long? MaxRequestBody { get; init; }

    /// <summary>The largest response body in bytes; 0 for no limit.</summary>
    public long? MaxResponseBody { get; init; }

    /// <summary>How many bytes of a body stay in memory; the rest goes to disk.</summary>
    public long? Memory { get; init; }
}

/// <summary>Which headers the access log holds.</summary>
public sealed record ProxyLoggingConfig
{
    /// <summary>Of requests; default <c>Cache-Control</c>, <c>Last-Modified</c> and <c>User-Agent</c>.</summary>
    public ImmutableArray<string> RequestHeaders { get; init; } = ["Cache-Control", "Last-Modified", "User-Agent"];

    /// <summary>Of responses; default none.</summary>
    public ImmutableArray<string> ResponseHeaders { get; init; } = [];
}

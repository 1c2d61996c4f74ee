using System.Collections.Immutable;
using System.Globalization;

namespace Lotse.Proxy.Contract;

/// <summary>
/// How a service is routed, judged and forwarded: the options that <c>stage</c> and <c>deploy</c> share. Names and defaults are those of
/// kamal-proxy's <c>deploy</c>, but nothing is buffered unless asked for.
/// </summary>
public sealed record ServiceOptions
{
    /// <summary>Host names; <c>*.example.com</c> takes one label; empty takes any host.</summary>
    public ImmutableArray<string> Hosts { get; init; } = [];

    /// <summary>Path prefixes; empty takes all paths.</summary>
    public ImmutableArray<string> PathPrefixes { get; init; } = [];

    /// <summary>Whether the matched prefix is taken off. Default: true.</summary>
    public bool StripPathPrefix { get; init; } = true;

    /// <summary>How long the target may take to become healthy. Default: 30 s.</summary>
    public TimeSpan DeployTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long in-flight requests may take to finish after a switch. Default: 30 s.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The path that answers 2xx when the target can serve. Default: <c>/up</c>.</summary>
    public string HealthCheckPath { get; init; } = "/up";

    /// <summary>The port of health probes; 0 takes the target's own. Default: 0.</summary>
    public int HealthCheckPort { get; init; }

    /// <summary>The Host header of health probes; empty takes the target itself. Default: empty.</summary>
    public string HealthCheckHost { get; init; } = "";

    /// <summary>The longest pause between probes; the first ones come faster. Default: 1 s.</summary>
    public TimeSpan HealthCheckInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest a probe may take. Default: 5 s.</summary>
    public TimeSpan HealthCheckTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the target may take until its response headers, from the end of the request on; zero sets no limit. Default: 30 s.</summary>
    public TimeSpan TargetTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether the target, its health path included, speaks HTTP/2 without TLS (h2c with prior knowledge: RFC 9113, section 3.3). Default: false, HTTP/1.1.</summary>
    public bool TargetHttp2 { get; init; }

    /// <summary>Whether requests are read whole before they are forwarded. Default: false.</summary>
    public bool BufferRequests { get; init; }

    /// <summary>Whether responses are read whole before they are sent. Default: false.</summary>
    public bool BufferResponses { get; init; }

    /// <summary>Bytes of a buffered body that stay in memory; the rest goes to disk. Default: 1 MiB.</summary>
    public long BufferMemory { get; init; } = 1024 * 1024;

    /// <summary>The largest request body in bytes; 0 sets no limit. Default: 0.</summary>
    public long MaxRequestBody { get; init; }

    /// <summary>The largest response body in bytes, for buffered responses; 0 sets no limit. Default: 0.</summary>
    public long MaxResponseBody { get; init; }

    /// <summary>Whether X-Forwarded-* headers that came with the request are kept. Default: false.</summary>
    public bool ForwardHeaders { get; init; }

    /// <summary>Request headers that the access log holds.</summary>
    public ImmutableArray<string> LogRequestHeaders { get; init; } = [];

    /// <summary>Response headers that the access log holds.</summary>
    public ImmutableArray<string> LogResponseHeaders { get; init; } = [];

    internal IEnumerable<string> ToArguments()
    {
        var write = new ArgumentWriter();
        write.Each("host", Hosts);
        write.Each("path-prefix", PathPrefixes);
        write.Switch("strip-path-prefix", StripPathPrefix, true);
        write.Duration("deploy-timeout", DeployTimeout);
        write.Duration("drain-timeout", DrainTimeout);
        write.Text("health-check-path", HealthCheckPath);
        write.Number("health-check-port", HealthCheckPort);
        if (HealthCheckHost.Length > 0)
        {
            write.Text("health-check-host", HealthCheckHost);
        }

        write.Duration("health-check-interval", HealthCheckInterval);
        write.Duration("health-check-timeout", HealthCheckTimeout);
        write.Duration("target-timeout", TargetTimeout);
        write.Switch("target-http2", TargetHttp2, false);
        write.Switch("buffer-requests", BufferRequests, false);
        write.Switch("buffer-responses", BufferResponses, false);
        write.Text("buffer-memory", BufferMemory.ToString(CultureInfo.InvariantCulture));
        write.Number("max-request-body", MaxRequestBody);
        write.Number("max-response-body", MaxResponseBody);
        write.Switch("forward-headers", ForwardHeaders, false);
        write.Each("log-request-header", LogRequestHeaders);
        write.Each("log-response-header", LogResponseHeaders);
        return write.Arguments;
    }

    internal static ServiceOptions Read(ArgumentReader read) =>
        new()
        {
            Hosts = [.. read.Each("host").Select(h => Host(h, "host"))],
            PathPrefixes = [.. read.Each("path-prefix").Select(Prefix)],
            StripPathPrefix = read.Switch("strip-path-prefix", true),
            DeployTimeout = read.Duration("deploy-timeout", TimeSpan.FromSeconds(30)),
            DrainTimeout = read.Duration("drain-timeout", DrainCommand.DefaultTimeout, isZeroFine: true),
            HealthCheckPath = read.Path("health-check-path", "/up"),
            HealthCheckPort = (int)read.Number("health-check-port", 0, 65535),
            HealthCheckHost = Host(read.Text("health-check-host") ?? "", "health-check-host"),
            HealthCheckInterval = read.Duration("health-check-interval", TimeSpan.FromSeconds(1)),
            HealthCheckTimeout = read.Duration("health-check-timeout", TimeSpan.FromSeconds(5)),
            TargetTimeout = read.Duration("target-timeout", TimeSpan.FromSeconds(30), isZeroFine: true),
            TargetHttp2 = read.Switch("target-http2", false),
            BufferRequests = read.Switch("buffer-requests", false),
            BufferResponses = read.Switch("buffer-responses", false),
            BufferMemory = read.Number("buffer-memory", 1024 * 1024, long.MaxValue),
            MaxRequestBody = read.Number("max-request-body", 0, long.MaxValue),
            MaxResponseBody = read.Number("max-response-body", 0, long.MaxValue),
            ForwardHeaders = read.Switch("forward-headers", false),
            LogRequestHeaders = read.Each("log-request-header"),
            LogResponseHeaders = read.Each("log-response-header"),
        };

    private static string Host(string host, string flag) =>
        host.Length == 0 || Names.IsHost(host)
            ? host
            : throw new UsageException(
                $"--{flag} is a host name such as example.com or *.example.com, without scheme, port or path, not '{host}'."
            );

    private static string Prefix(string prefix) =>
        prefix.AsSpan().IndexOfAny("?# ") < 0
            ? "/" + prefix.Trim('/')
            : throw new UsageException($"--path-prefix is a path such as /api, not '{prefix}'.");
}

namespace Lotse.Configuration.Tests;

/// <summary>Every key of <c>proxy</c>: what it becomes.</summary>
public sealed class ProxyKeyTests
{
    [Fact]
    public void Proxy()
    {
        var proxy = With(
            """
            proxy:
              hosts: [a.example.com, "*.b.example.com"]
              app_port: 3000
              response_timeout: 10
              path_prefixes: [/api, oauth/]
              strip_path_prefix: false
              http2: true
              forward_headers: false
              ssl_redirect: false
              healthcheck: {path: /health, interval: 3, timeout: 2s}
              buffering:
                {requests: true, responses: false, max_request_body: 40_000_000, max_response_body: 0, memory: 5}
              logging: {request_headers: [A], response_headers: [B]}
            """
        )
            .Roles[0]
            .Proxy!;

        Assert.Equal(["a.example.com", "*.b.example.com"], proxy.Hosts);
        Assert.Equal(3000, proxy.AppPort);
        Assert.Equal(Seconds(10), proxy.ResponseTimeout);
        Assert.Equal(["/api", "/oauth"], proxy.PathPrefixes);
        Assert.False(proxy.StripPathPrefix);
        Assert.True(proxy.Http2);
        Assert.False(proxy.ForwardHeaders);
        Assert.False(proxy.SslRedirect);
        Assert.Equal(
            new HealthCheckConfig
            {
                Path = "/health",
                Interval = Seconds(3),
                Timeout = Seconds(2),
            },
            proxy.HealthCheck
        );
        Assert.Equal(
            new BufferingConfig
            {
                Requests = true,
                Responses = false,
                MaxRequestBody = 40_000_000,
                MaxResponseBody = 0,
                Memory = 5,
            },
            proxy.Buffering
        );
        Assert.Equal(["A"], proxy.Logging.RequestHeaders);
        Assert.Equal(["B"], proxy.Logging.ResponseHeaders);
    }

    [Fact]
    public void HostAndPathPrefixOfTheProxyMayBeOneTextWithCommas()
    {
        var proxy = With("proxy: {host: \"a.example.com, b.example.com\", path_prefix: \"/x,/y\"}").Proxy;

        Assert.Equal(["a.example.com", "b.example.com"], proxy.Hosts);
        Assert.Equal(["/x", "/y"], proxy.PathPrefixes);
    }

    [Fact]
    public void SslTurnsForwardedHeadersOff()
    {
        var proxy = With("proxy: {host: a.example.com, ssl: {certificate_pem: CERT, private_key_pem: KEY}}").Proxy;

        Assert.True(proxy.Ssl);
        Assert.False(proxy.ForwardHeaders);
        Assert.Equal(new CertificateConfig("CERT", "KEY"), proxy.Certificate);
    }

    [Fact]
    public void ProxyRun()
    {
        var run = With(
            """
            proxy:
              run:
                http_port: 8080
                https_port: 8443
                metrics_port: 9090
                debug: true
                log_max_size: 30m
                bind_ips: [127.0.0.1, "::1"]
                registry: registry.example.com
                repository: basecamp/kamal-proxy
                version: 0.10
                options: {memory: 512m, label: [a=b, c=d], init: true}
            """
        ).ProxyRun;

        Assert.Equal(8080, run.HttpPort);
        Assert.Equal(8443, run.HttpsPort);
        Assert.Equal(9090, run.MetricsPort);
        Assert.True(run.Debug);
        Assert.Equal("30m", run.LogMaxSize);
        Assert.True(run.Publish);
        Assert.Equal(["127.0.0.1", "::1"], run.BindIps);
        Assert.Equal("registry.example.com", run.Registry);
        Assert.Equal("basecamp/kamal-proxy", run.Repository);
        Assert.Equal("0.10", run.Version);
        Assert.Equal(["512m"], run.Options["memory"]);
        Assert.Equal(["a=b", "c=d"], run.Options["label"]);
        Assert.Equal(["true"], run.Options["init"]);
    }

    [Fact]
    public void TheProxysPortCanBeReplaced()
    {
        var read = Project.Config(Project.Minimal);
        var config = read with { ProxyRun = read.ProxyRun with { HttpPort = 8080 } };

        Assert.Equal(8080, config.ProxyRun.HttpPort);
    }

    private static DeployConfig With(string lines) => Project.Config(Project.Minimal + lines + "\n");

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);
}

using System.Collections.Immutable;

namespace Lotse.Configuration.Reading;

/// <summary>Reads <c>proxy</c>, at the root, of a role or of an accessory.</summary>
internal sealed class ProxyReader(Sites sites)
{
    public ProxyConfig Read(Cursor? cursor)
    {
        if (cursor?.Map(Schema.Proxy) is not { } fields)
        {
            return new ProxyConfig();
        }

        var defaults = new ProxyConfig();
        var ssl = fields["ssl"];
        var certificate = ssl?.IsMap == true ? Certificate(ssl) : null;
        var isSsl = ssl?.IsMap == true || ssl?.Flag() == true;
        return new ProxyConfig
        {
            Hosts = Hosts(fields),
            AppPort = fields["app_port"]?.Port() ?? defaults.AppPort,
            PathPrefixes = PathPrefixes(fields),
            Http2 = fields["http2"]?.Flag() ?? defaults.Http2,
            StripPathPrefix = fields["strip_path_prefix"]?.Flag() ?? defaults.StripPathPrefix,
            Ssl = isSsl,
            Certificate = certificate,
            SslRedirect = fields["ssl_redirect"]?.Flag() ?? defaults.SslRedirect,
            ForwardHeaders = fields["forward_headers"]?.Flag() ?? !isSsl,
            ResponseTimeout = fields["response_timeout"]?.Duration() ?? defaults.ResponseTimeout,
            HealthCheck = HealthCheck(fields["healthcheck"]),
            Buffering = Buffering(fields["buffering"]),
            Logging = Logging(fields["logging"]),
        };
    }

    private static ImmutableArray<string> Hosts(Fields fields)
    {
        if (fields["host"] is { } both && fields.Has("hosts"))
        {
            both.ErrorAtKey("host and hosts are both given", "Keep one of the two.");
        }

        if (fields["hosts"] is { } hosts)
        {
            return [.. hosts.Items("host names").Select(i => Host(i.Name("a host name"), i)).OfType<string>()];
        }

        var host = fields["host"];
        return [.. (host?.Name("a host name")?.Split(',') ?? []).Select(n => Host(n.Trim(), host!)).OfType<string>()];
    }

    private static string? Host(string? name, Cursor at)
    {
        var bare = name?.StartsWith("*.", StringComparison.Ordinal) == true ? name[2..] : name;
        if (bare is not null && !NamePatterns.IsHost(bare))
        {
            at.Error(
                $"'{name}' is not a host name",
                "Write the name alone, like app.example.com: no scheme, port or path."
            );
        }

        return name;
    }

    private static ImmutableArray<string> PathPrefixes(Fields fields)
    {
        if (fields["path_prefix"] is { } both && fields.Has("path_prefixes"))
        {
            both.Warning("path_prefixes is given too, and only that is used", "Keep one of the two.");
        }

        var prefixes = fields["path_prefixes"] is { } list
            ? list.Texts("path prefixes")
            : [.. fields["path_prefix"]?.Name("a path prefix")?.Split(',') ?? []];
        return [.. prefixes.Select(p => "/" + p.Trim().Trim('/'))];
    }

    private CertificateConfig? Certificate(Cursor cursor)
    {
        const string Cure = "Give certificate_pem and private_key_pem, each the name of a secret.";
        if (cursor.Map(Schema.ProxySsl) is not { } fields)
        {
            return null;
        }

        var certificate = fields.Required("certificate_pem", "a secret's name", Cure);
        var key = fields.Required("private_key_pem", "a secret's name", Cure);
        if (certificate is null || key is null)
        {
            return null;
        }

        sites.AddSecret(certificate, fields["certificate_pem"]!);
        sites.AddSecret(key, fields["private_key_pem"]!);
        return new CertificateConfig(certificate, key);
    }

    private static HealthCheckConfig HealthCheck(Cursor? cursor)
    {
        var defaults = new HealthCheckConfig();
        if (cursor?.Map(Schema.ProxyHealthCheck) is not { } fields)
        {
            return defaults;
        }

        var path = fields["path"]?.Name("a path");
        if (path is not null && !path.StartsWith('/'))
        {
            fields["path"]!.Error($"'{path}' is not a path", $"Write /{path}: a path without host and port.");
        }

        return new HealthCheckConfig
        {
            Path = path ?? defaults.Path,
            Interval = Positive(fields["interval"]) ?? defaults.Interval,
            Timeout = Positive(fields["timeout"]) ?? defaults.Timeout,
        };
    }

    internal static TimeSpan? Positive(Cursor? cursor)
    {
        var duration = cursor?.Duration();
        if (duration == TimeSpan.Zero)
        {
            cursor!.Error("no time at all is not possible here", "Write more than 0.");
        }

        return duration;
    }

    private static BufferingConfig Buffering(Cursor? cursor)
    {
        var fields = cursor?.Map(Schema.ProxyBuffering);
        return new BufferingConfig
        {
            Requests = fields?["requests"]?.Flag(),
            Responses = fields?["responses"]?.Flag(),
            MaxRequestBody = fields?["max_request_body"]?.Bytes(),
            MaxResponseBody = fields?["max_response_body"]?.Bytes(),
            Memory = fields?["memory"]?.Bytes(),
        };
    }

    private static ProxyLoggingConfig Logging(Cursor? cursor)
    {
        var fields = cursor?.Map(Schema.ProxyLogging);
        var defaults = new ProxyLoggingConfig();
        return new ProxyLoggingConfig
        {
            RequestHeaders = fields?["request_headers"] is { } headers
                ? headers.Texts("header names")
                : defaults.RequestHeaders,
            ResponseHeaders = fields?["response_headers"].Texts("header names") ?? defaults.ResponseHeaders,
        };
    }
}

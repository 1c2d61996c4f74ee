using System.Collections.Immutable;
using System.Net;

namespace Lotse.Configuration.Reading;

/// <summary>Reads <c>proxy.run</c>: how the edge proxy itself runs.</summary>
internal static class ProxyRunReader
{
    public static ProxyRunConfig Read(Cursor? cursor)
    {
        var defaults = new ProxyRunConfig();
        if (cursor?.Map(Schema.ProxyRun) is not { } fields)
        {
            return defaults;
        }

        CheckPublish(fields);
        return new ProxyRunConfig
        {
            HttpPort = fields["http_port"]?.Port() ?? defaults.HttpPort,
            HttpsPort = fields["https_port"]?.Port() ?? defaults.HttpsPort,
            MetricsPort = fields["metrics_port"]?.Port(),
            Debug = fields["debug"]?.Flag() ?? defaults.Debug,
            LogMaxSize = LogSize(fields["log_max_size"]) ?? defaults.LogMaxSize,
            Publish = fields["publish"]?.Flag() ?? defaults.Publish,
            BindIps = BindIps(fields["bind_ips"]),
            Registry = fields["registry"]?.Name("a registry"),
            Repository = fields["repository"]?.Name("a repository"),
            Version = fields["version"]?.Name("a version"),
            Options = fields["options"].Options().Options,
        };
    }

    private static void CheckPublish(Fields fields)
    {
        if (fields["publish"]?.AsFlag != false)
        {
            return;
        }

        foreach (var key in new[] { "http_port", "https_port", "bind_ips" })
        {
            fields[key]?.ErrorAtKey("nothing is published, as publish is false", $"Remove {key}, or publish.");
        }
    }

    private static string? LogSize(Cursor? cursor)
    {
        var text = cursor?.Name("a size");
        if (text is not null && !NamePatterns.IsDockerSize(text))
        {
            cursor!.Error($"expected a size, found '{text}'", "Write a number with k, m or g, like 10m.");
        }

        return text;
    }

    private static ImmutableArray<string> BindIps(Cursor? cursor)
    {
        foreach (var item in cursor?.IsList == true ? cursor.Items("IP addresses") : [])
        {
            var text = (item.Node as Yaml.ScalarNode)?.Text;
            if (text is not null && !IPAddress.TryParse(text, out _))
            {
                item.Error($"'{text}' is not an IP address", "Write one like 127.0.0.1 or ::1.");
            }
        }

        return cursor.Texts("IP addresses");
    }
}

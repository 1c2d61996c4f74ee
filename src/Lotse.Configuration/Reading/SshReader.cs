using System.Collections.Immutable;

namespace Lotse.Configuration.Reading;

/// <summary>Reads <c>ssh</c>, <c>sshkit</c> and <c>boot</c>.</summary>
internal sealed class SshReader(Sites sites)
{
    private static readonly string[] Levels = ["debug", "info", "warn", "error", "fatal"];

    public SshConfig Read(Cursor? cursor)
    {
        var defaults = new SshConfig();
        if (cursor?.Map(Schema.Ssh) is not { } fields)
        {
            return defaults;
        }

        var config = fields["config"];
        return new SshConfig
        {
            User = fields["user"]?.Name("a user's name"),
            Port = fields["port"]?.Port(),
            Proxy = fields["proxy"]?.Name("a host name"),
            ProxyCommand = fields["proxy_command"]?.Name("a command"),
            LogLevel = LogLevel(fields["log_level"]) ?? defaults.LogLevel,
            KeysOnly = fields["keys_only"]?.Flag() ?? defaults.KeysOnly,
            Keys = fields["keys"].Texts("key files"),
            KeyData = KeyData(fields["key_data"]),
            ReadsConfig = config?.AsFlag ?? true,
            ConfigFiles = config is null or { AsFlag: not null }
                ? []
                : [.. config.ItemsOrSelf("files").Select(i => i.Name("a file")).OfType<string>()],
            ForwardAgent = fields["forward_agent"]?.Flag() ?? defaults.ForwardAgent,
        };
    }

    public static SshKitConfig ReadKit(Cursor? cursor)
    {
        var defaults = new SshKitConfig();
        var fields = cursor?.Map(Schema.SshKit);
        return new SshKitConfig
        {
            MaxConcurrentStarts =
                fields?["max_concurrent_starts"]?.Integer(1, int.MaxValue) ?? defaults.MaxConcurrentStarts,
            PoolIdleTimeout = fields?["pool_idle_timeout"]?.Duration() ?? defaults.PoolIdleTimeout,
            DnsRetries = fields?["dns_retries"]?.Integer(0, int.MaxValue) ?? defaults.DnsRetries,
        };
    }

    public static BootConfig ReadBoot(Cursor? cursor)
    {
        var fields = cursor?.Map(Schema.Boot);
        var (limit, percent) = Limit(fields?["limit"]);
        return new BootConfig
        {
            Limit = limit,
            LimitPercent = percent,
            Wait = fields?["wait"]?.Duration() ?? TimeSpan.Zero,
            ParallelRoles = fields?["parallel_roles"]?.Flag() ?? false,
        };
    }

    private static (int? Count, int? Percent) Limit(Cursor? cursor)
    {
        var text = cursor?.Text("a number or a percentage");
        if (text is null)
        {
            return (null, null);
        }

        if (!text.EndsWith('%'))
        {
            return (cursor!.Integer(1, int.MaxValue, "a number of hosts, or a percentage like 25%"), null);
        }

        if (int.TryParse(text[..^1], out var percent) && percent is >= 1 and <= 100)
        {
            return (null, percent);
        }

        cursor!.Error($"'{text}' is not a percentage", "Write one from 1% to 100%.");
        return (null, null);
    }

    private static string? LogLevel(Cursor? cursor)
    {
        var level = cursor?.Name("a log level")?.TrimStart(':');
        if (level is not null && !Levels.Contains(level))
        {
            cursor!.Error($"'{level}' is not a log level", $"Write one of {string.Join(", ", Levels)}.");
        }

        return level;
    }

    /// <summary>Names of secrets; anything that cannot be a name is a key as it is, which Kamal still takes.</summary>
    private ImmutableArray<Credential> KeyData(Cursor? cursor)
    {
        var keys = ImmutableArray.CreateBuilder<Credential>();
        foreach (var item in cursor?.Items("secret names") ?? [])
        {
            var text = item.Name("a secret's name");
            if (text is null)
            {
                continue;
            }

            if (NamePatterns.IsVariable(text))
            {
                sites.AddSecret(text, item);
                keys.Add(new Credential(text, null));
                continue;
            }

            item.Warning(
                "a private key stands in the file itself",
                "Move it to .kamal/secrets and write its name here."
            );
            keys.Add(new Credential(null, new Secret(text)));
        }

        return keys.ToImmutable();
    }
}

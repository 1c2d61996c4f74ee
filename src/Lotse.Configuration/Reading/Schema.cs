using System.Collections.Immutable;

namespace Lotse.Configuration.Reading;

/// <summary>
/// The keys that may stand in a configuration: those of Kamal 2.12 (basecamp/kamal,
/// <c>lib/kamal/configuration/docs</c>) and our own (<c>secrets</c>, <c>setup</c>, <c>migrate</c>, <c>bake</c>,
/// <c>accessories.*.healthcheck</c>).
/// </summary>
internal static class Schema
{
    public static readonly Section Root = new(
        "",
        "service",
        "image",
        "labels",
        "volumes",
        "registry",
        "servers",
        "env",
        "secrets",
        "asset_path",
        "hooks_path",
        "hooks_output",
        "secrets_path",
        "error_pages_path",
        "require_destination",
        "primary_role",
        "allow_empty_roles",
        "retain_containers",
        "minimum_version",
        "readiness_delay",
        "deploy_timeout",
        "drain_timeout",
        "stop_timeout",
        "run_directory",
        "ssh",
        "setup",
        "builder",
        "accessories",
        "proxy",
        "sshkit",
        "boot",
        "logging",
        "output",
        "aliases",
        "migrate",
        "bake"
    );

    public static readonly Section Secrets = new("secrets", "generate");

    public static readonly Section Role = new(
        "servers.*",
        "hosts",
        "cmd",
        "stop_timeout",
        "options",
        "logging",
        "proxy",
        "labels",
        "env",
        "asset_path"
    );

    public static readonly Section Env = new("env", "clear", "secret", "tags");

    public static readonly Section Proxy = new(
        "proxy",
        "host",
        "hosts",
        "app_port",
        "ssl",
        "ssl_redirect",
        "forward_headers",
        "response_timeout",
        "path_prefix",
        "path_prefixes",
        "strip_path_prefix",
        "http2",
        "healthcheck",
        "buffering",
        "logging",
        "run"
    );

    public static readonly Section ProxySsl = new("proxy.ssl", "certificate_pem", "private_key_pem");

    public static readonly Section ProxyHealthCheck = new("proxy.healthcheck", "path", "interval", "timeout");

    public static readonly Section ProxyBuffering = new(
        "proxy.buffering",
        "requests",
        "responses",
        "max_request_body",
        "max_response_body",
        "memory"
    );

    public static readonly Section ProxyLogging = new("proxy.logging", "request_headers", "response_headers");

    public static readonly Section ProxyRun = new(
        "proxy.run",
        "http_port",
        "https_port",
        "metrics_port",
        "debug",
        "log_max_size",
        "publish",
        "bind_ips",
        "registry",
        "repository",
        "version",
        "options"
    );

    public static readonly Section Registry = new("registry", "server", "username", "password");

    public static readonly Section Builder = new(
        "builder",
        "arch",
        "remote",
        "local",
        "pack",
        "cache",
        "context",
        "dockerfile",
        "target",
        "args",
        "secrets",
        "ssh",
        "driver",
        "provenance",
        "sbom"
    );

    public static readonly Section BuilderPack = new("builder.pack", "builder", "buildpacks");

    public static readonly Section BuilderCache = new("builder.cache", "type", "options", "image");

    public static readonly Section Accessory = new(
        "accessories.*",
        "service",
        "image",
        "registry",
        "host",
        "hosts",
        "role",
        "roles",
        "tag",
        "tags",
        "cmd",
        "port",
        "labels",
        "options",
        "env",
        "files",
        "directories",
        "volumes",
        "network",
        "proxy",
        "healthcheck"
    );

    public static readonly Section AccessoryHealthCheck = new(
        "accessories.*.healthcheck",
        "cmd",
        "interval",
        "timeout"
    );

    public static readonly Section MountedPath = new(
        "accessories.*.files[]",
        "local",
        "remote",
        "mode",
        "owner",
        "options"
    );

    public static readonly Section Boot = new("boot", "limit", "wait", "parallel_roles");

    public static readonly Section Migrate = new("migrate", "command", "timeout", "role");

    public static readonly Section Bake = new("bake", "window", "error_percent", "minimum_requests");

    public static readonly Section Ssh = new(
        "ssh",
        "user",
        "port",
        "proxy",
        "proxy_command",
        "log_level",
        "keys_only",
        "keys",
        "key_data",
        "config",
        "forward_agent"
    );

    public static readonly Section Setup = new(
        "setup",
        "login",
        "public_keys",
        "sudo",
        "engine",
        "firewall",
        "open_ports"
    );

    public static readonly Section SshKit = new("sshkit", "max_concurrent_starts", "pool_idle_timeout", "dns_retries");

    public static readonly Section Logging = new("logging", "driver", "options");

    public static readonly Section Output = new("output", "otel", "file");

    public static readonly Section OutputOtel = new("output.otel", "endpoint");

    public static readonly Section OutputFile = new("output.file", "path");

    public static readonly ImmutableArray<Section> All =
    [
        Root,
        Secrets,
        Role,
        Env,
        Proxy,
        ProxySsl,
        ProxyHealthCheck,
        ProxyBuffering,
        ProxyLogging,
        ProxyRun,
        Registry,
        Builder,
        BuilderPack,
        BuilderCache,
        Accessory,
        AccessoryHealthCheck,
        MountedPath,
        Boot,
        Migrate,
        Bake,
        Ssh,
        Setup,
        SshKit,
        Logging,
        Output,
        OutputOtel,
        OutputFile,
    ];
}

namespace Lotse.Configuration.Tests;

/// <summary>Every key of the top level and its sections: what it becomes, and what holds without it.</summary>
public sealed class KeyTests
{
    private static readonly DeployConfig Defaults = Project.Config(Project.Minimal);

    [Fact]
    public void AMinimalConfigurationHasTheDefaultsOfKamal()
    {
        Assert.Equal("shop", Defaults.Image);
        Assert.Equal("web", Defaults.PrimaryRole);
        Assert.Equal(5, Defaults.RetainContainers);
        Assert.Equal(Seconds(30), Defaults.DeployTimeout);
        Assert.Equal(Seconds(30), Defaults.DrainTimeout);
        Assert.Equal(Seconds(7), Defaults.ReadinessDelay);
        Assert.Equal(".kamal/hooks", Defaults.HooksPath);
        Assert.Equal(".kamal/secrets", Defaults.SecretsPath);
        Assert.Equal(".kamal", Defaults.RunDirectory);
        Assert.Equal("Dockerfile", Defaults.Builder.Dockerfile);
        Assert.Equal("json-file", Defaults.Logging.Driver);
        Assert.Equal("10m", Defaults.Logging.Options["max-size"]);
        Assert.Equal(80, Defaults.Proxy.AppPort);
        Assert.Equal("/up", Defaults.Proxy.HealthCheck.Path);
        Assert.Equal(Seconds(1), Defaults.Proxy.HealthCheck.Interval);
        Assert.Equal(Seconds(5), Defaults.Proxy.HealthCheck.Timeout);
        Assert.Equal(Seconds(30), Defaults.Proxy.ResponseTimeout);
        Assert.True(Defaults.Proxy.ForwardHeaders);
        Assert.True(Defaults.Proxy.StripPathPrefix);
        Assert.Equal(80, Defaults.ProxyRun.HttpPort);
        Assert.Equal(443, Defaults.ProxyRun.HttpsPort);
        Assert.Null(Defaults.Registry);
        Assert.Null(Defaults.Destination);
    }

    [Theory]
    [InlineData("image: team/shop")]
    [InlineData("image: registry.example.com:5000/team/shop")]
    [InlineData("image: 1.10")]
    public void TheImageStaysAsItIsWritten(string line) => Assert.Equal(line["image: ".Length..], With(line).Image);

    [Theory]
    [InlineData("30", 30_000)]
    [InlineData("1.5", 1_500)]
    [InlineData("500ms", 500)]
    [InlineData("10s", 10_000)]
    [InlineData("2m", 120_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("\"30\"", 30_000)]
    public void TimesAreSecondsOrHaveAUnit(string text, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), With($"drain_timeout: {text}").DrainTimeout);

    [Fact]
    public void SetUpOfServers()
    {
        Assert.True(Defaults.Setup is { Login: null, Firewall: true, Sudo: false, UsesDockersPackages: false });

        var setup = With(
            """
            setup:
              login: ubuntu
              public_keys: [config/deployers.pub]
              sudo: true
              engine: docker
              firewall: false
              open_ports: [8443, 51820/udp]
            """
        ).Setup;

        Assert.Equal("ubuntu", setup.Login);
        Assert.Equal(["config/deployers.pub"], setup.PublicKeys);
        Assert.True(setup is { Sudo: true, UsesDockersPackages: true, Firewall: false });
        Assert.Equal([new SetupPort(8443, IsUdp: false), new SetupPort(51820, IsUdp: true)], setup.OpenPorts);
    }

    [Fact]
    public void ScalarsOfTheTopLevel()
    {
        var config = With(
            """
            primary_role: web
            allow_empty_roles: yes
            deploy_timeout: 10
            readiness_delay: 4
            retain_containers: 3
            hooks_path: /hooks
            secrets_path: /secrets
            run_directory: /etc/run
            error_pages_path: public
            require_destination: off
            minimum_version: 1.3.0
            volumes: ["/a:/b:ro", data:/c, /d]
            labels: {team: yes, tier: 1.10}
            """
        );

        Assert.True(config.AllowEmptyRoles);
        Assert.Equal(Seconds(10), config.DeployTimeout);
        Assert.Equal(Seconds(4), config.ReadinessDelay);
        Assert.Equal(3, config.RetainContainers);
        Assert.Equal("/hooks", config.HooksPath);
        Assert.Equal("/secrets", config.SecretsPath);
        Assert.Equal("/etc/run", config.RunDirectory);
        Assert.Equal("public", config.ErrorPagesPath);
        Assert.False(config.RequireDestination);
        Assert.Equal("1.3.0", config.MinimumVersion);
        Assert.Equal(["/a:/b:ro", "data:/c", "/d"], config.Volumes);
        Assert.Equal("true", config.Labels["team"]);
        Assert.Equal("1.10", config.Labels["tier"]);
    }

    [Fact]
    public void Builder()
    {
        var builder = With(
            """
            builder:
              context: app
              dockerfile: Dockerfile.production
              target: production
              args: {RUBY: 3.10, DEBUG: no}
              secrets: [TOKEN]
              arch: amd64
              remote: ssh://docker@builder
              local: false
              driver: docker
              cache: {type: gha, options: mode=max}
              pack: {builder: "heroku/builder:24", buildpacks: [heroku/ruby]}
              ssh: default
              provenance: false
              sbom: true
            """
        ).Builder;

        Assert.Equal("app", builder.Context);
        Assert.Equal("Dockerfile.production", builder.Dockerfile);
        Assert.Equal("production", builder.Target);
        Assert.Equal("3.10", builder.Args["RUBY"]);
        Assert.Equal("false", builder.Args["DEBUG"]);
        Assert.Equal(["TOKEN"], builder.Secrets);
        Assert.Equal(["amd64"], builder.Arch);
        Assert.Equal("ssh://docker@builder", builder.Remote);
        Assert.False(builder.Local);
        Assert.Equal("docker", builder.Driver);
        Assert.Equal(new BuilderCacheConfig("gha", "mode=max", null), builder.Cache);
        Assert.Equal("heroku/builder:24", builder.Pack!.Builder);
        Assert.Equal(["heroku/ruby"], builder.Pack.Buildpacks);
        Assert.Equal("default", builder.Ssh);
        Assert.Equal("false", builder.Provenance);
        Assert.Equal("true", builder.Sbom);
    }

    [Fact]
    public void Registry()
    {
        var registry = With("image: a\nregistry: {server: r.example.com, username: me, password: [TOKEN]}").Registry!;

        Assert.Equal("r.example.com", registry.Server);
        Assert.Equal("r.example.com", registry.Address);
        Assert.Equal("config/deploy.yml:4:1", registry.Place);
        Assert.Equal("me", registry.Username!.Literal!.Unwrap());
        Assert.Equal("TOKEN", registry.Password!.SecretName);
        Assert.False(registry.IsLocal);
    }

    [Theory]
    [InlineData(null, "docker.io")]
    [InlineData("docker.io", "docker.io")]
    [InlineData("index.docker.io", "docker.io")]
    [InlineData("ghcr.io/", "ghcr.io")]
    [InlineData("registry.example.com:5000/team", "registry.example.com:5000/team")]
    public void ARegistrysAddressIsHowReferencesBegin(string? server, string address) =>
        Assert.Equal(address, new RegistryConfig { Server = server }.Address);

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("localhost:5555", true)]
    [InlineData("localhost.example.com", false)]
    public void ARegistryOnThisMachineNeedsNoLogin(string server, bool isLocal)
    {
        Assert.Equal(isLocal, new RegistryConfig { Server = server }.IsLocal);
        Assert.Equal(isLocal, !Project.Problems($"{Project.Minimal}image: a\nregistry: {{server: {server}}}\n").Any());
    }

    [Fact]
    public void SshAndBoot()
    {
        var config = With(
            """
            ssh:
              user: app
              port: "2222"
              proxy: root@jump
              proxy_command: ssh -W %h:%p jump
              log_level: :debug
              keys_only: true
              keys: [~/.ssh/id.pem]
              key_data: [KEY]
              config: [~/.ssh/other]
              forward_agent: false
            sshkit: {max_concurrent_starts: 10, pool_idle_timeout: 300, dns_retries: 0}
            boot: {limit: 25%, wait: 10, parallel_roles: true}
            """
        );

        Assert.Equal<(string?, int?, string?)>(
            ("app", 2222, "root@jump"),
            (config.Ssh.User, config.Ssh.Port, config.Ssh.Proxy)
        );
        Assert.Equal("ssh -W %h:%p jump", config.Ssh.ProxyCommand);
        Assert.Equal("debug", config.Ssh.LogLevel);
        Assert.True(config.Ssh.KeysOnly);
        Assert.Equal(["~/.ssh/id.pem"], config.Ssh.Keys);
        Assert.Equal([new Credential("KEY", null)], config.Ssh.KeyData);
        Assert.Equal(["~/.ssh/other"], config.Ssh.ConfigFiles);
        Assert.False(config.Ssh.ForwardAgent);
        Assert.Equal(
            new SshKitConfig
            {
                MaxConcurrentStarts = 10,
                PoolIdleTimeout = Seconds(300),
                DnsRetries = 0,
            },
            config.SshKit
        );
        Assert.Equal(
            new BootConfig
            {
                LimitPercent = 25,
                Wait = Seconds(10),
                ParallelRoles = true,
            },
            config.Boot
        );
    }

    [Theory]
    [InlineData("false", false, 0)]
    [InlineData("true", true, 0)]
    [InlineData("~/.ssh/other", true, 1)]
    public void SshConfigIsASwitchOrFiles(string value, bool reads, int files)
    {
        var ssh = With($"ssh: {{config: {value}}}").Ssh;

        Assert.Equal((reads, files), (ssh.ReadsConfig, ssh.ConfigFiles.Length));
    }

    [Fact]
    public void LoggingOutputHooksAndAliases()
    {
        var config = With(
            """
            logging: {driver: local, options: {max-size: 100m}}
            output: {otel: {endpoint: "http://otel:4318"}, file: {path: /var/log/deploys}}
            hooks_output: {pre-build: :quiet, pre-deploy: verbose}
            aliases: {console: app exec -i sh}
            """
        );

        Assert.Equal(("local", "100m"), (config.Roles[0].Logging.Driver, config.Roles[0].Logging.Options["max-size"]));
        Assert.Equal(("http://otel:4318", "/var/log/deploys"), (config.Output.OtelEndpoint, config.Output.FilePath));
        Assert.Equal(HookOutput.Quiet, config.HooksOutput["pre-build"]);
        Assert.Equal(HookOutput.Verbose, config.HooksOutput["pre-deploy"]);
        Assert.Equal("app exec -i sh", config.Aliases["console"]);
        Assert.Equal(HookOutput.Quiet, With("hooks_output: :quiet").HooksOutput[""]);
    }

    [Fact]
    public void LogOptionsWithoutADriverLeaveTheEnginesDriver() =>
        Assert.Null(With("logging: {options: {max-size: 1m}}").Logging.Driver);

    private static DeployConfig With(string lines) => Project.Config(Project.Minimal + lines + "\n");

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);
}

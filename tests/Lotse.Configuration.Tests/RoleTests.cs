namespace Lotse.Configuration.Tests;

public sealed class RoleTests
{
    [Fact]
    public void AListOfHostsIsTheRoleWeb()
    {
        var role = Assert.Single(
            Project
                .Config("service: shop\nservers: [192.0.2.1, 192.0.2.2: one, 192.0.2.3: [two, three], local]\n")
                .Roles
        );

        Assert.Equal("web", role.Name);
        Assert.NotNull(role.Proxy);
        Assert.Equal(["192.0.2.1", "192.0.2.2", "192.0.2.3", "local"], role.Hosts.Select(h => h.Name));
        Assert.Equal(
            [
                [],
                ["one"],
                ["two", "three"],
                [],
            ],
            role.Hosts.Select(h => h.Tags.ToArray())
        );
        Assert.Equal([false, false, false, true], role.Hosts.Select(h => h.IsLocal));
    }

    [Fact]
    public void ARoleAddsToWhatTheTopLevelGives()
    {
        var config = Project.Config(
            """
            service: shop
            labels: {a: root, b: root}
            logging: {driver: local, options: {max-size: 1m, max-file: 3}}
            stop_timeout: 20
            asset_path: /assets
            proxy: {app_port: 3000, healthcheck: {path: /ready, interval: 2}}
            servers:
              workers:
                hosts: [local]
                cmd: bin/jobs
                stop_timeout: 45
                asset_path: /other
                options: {memory: 2g, cpus: 4, restart: always}
                labels: {b: role}
                logging: {options: {max-size: 9m}}
                proxy: {host: jobs.example.com, healthcheck: {interval: 9}}
              web: [local]
            """
        );
        var (web, workers) = (config.Roles[0], config.Roles[1]);

        Assert.Equal("bin/jobs", workers.Cmd);
        Assert.Equal(TimeSpan.FromSeconds(45), workers.StopTimeout);
        Assert.Equal("/other", workers.AssetPath);
        Assert.Equal("always", workers.Restart);
        Assert.Equal(["cpus", "memory"], workers.Options.Keys);
        Assert.Equal(("root", "role"), (workers.Labels["a"], workers.Labels["b"]));
        Assert.Equal(
            ("local", "9m", "3"),
            (workers.Logging.Driver, workers.Logging.Options["max-size"], workers.Logging.Options["max-file"])
        );
        Assert.Equal(3000, workers.Proxy!.AppPort);
        Assert.Equal(("/ready", 9), (workers.Proxy.HealthCheck.Path, workers.Proxy.HealthCheck.Interval.Seconds));
        Assert.Equal(["jobs.example.com"], workers.Proxy.Hosts);
        Assert.Equal(TimeSpan.FromSeconds(20), web.StopTimeout);
        Assert.Equal("/assets", web.AssetPath);
        Assert.Equal("unless-stopped", web.Restart);
        Assert.Equal(2, web.Proxy!.HealthCheck.Interval.Seconds);
    }

    [Theory]
    [InlineData("web", "", true)]
    [InlineData("web", "proxy: true", true)]
    [InlineData("web", "proxy: false", false)]
    [InlineData("jobs", "", false)]
    [InlineData("jobs", "proxy: false", false)]
    [InlineData("jobs", "proxy: true", true)]
    [InlineData("jobs", "proxy: {app_port: 1}", true)]
    public void OnlyThePrimaryRoleIsProxiedUnlessSaid(string role, string line, bool isProxied)
    {
        var other = role == "web" ? "" : "  web: {hosts: [local], proxy: false}\n";
        var config = Project.Config($"service: shop\nservers:\n  {role}:\n    hosts: [local]\n    {line}\n{other}");

        Assert.Equal(isProxied, config.Roles.Single(r => r.Name == role).Proxy is not null);
    }

    [Theory]
    [InlineData("proxy: true", "", 10)]
    [InlineData("proxy: false", "", 30)]
    [InlineData("proxy: false", "drain_timeout: 12", 12)]
    [InlineData("proxy: false", "stop_timeout: 13", 13)]
    public void TheStopTimeoutFollowsTheProxy(string role, string root, int seconds) =>
        Assert.Equal(
            TimeSpan.FromSeconds(seconds),
            Project
                .Config($"service: shop\nservers:\n  web:\n    hosts: [local]\n    {role}\n{root}\n")
                .Primary!.StopTimeout
        );

    [Fact]
    public void AllHostsAndProxyHostsAreEachGivenOnce()
    {
        var config = Project.Config(
            """
            service: shop
            servers:
              web: [192.0.2.1, 192.0.2.2]
              workers: [192.0.2.2, 192.0.2.3]
            accessories:
              db: {image: postgres, host: 192.0.2.4}
              cache: {image: redis, role: web}
            """
        );

        Assert.Equal(["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"], config.AllHosts.Select(h => h.Name));
        Assert.Equal(["192.0.2.1", "192.0.2.2"], config.ProxyHosts.Select(h => h.Name));
    }

    [Fact]
    public void ThePrimaryRoleMaySayHowTheProxyRuns()
    {
        var config = Project.Config(
            """
            service: shop
            proxy: {run: {http_port: 8080, https_port: 8443}}
            servers: {web: {hosts: [local], proxy: {run: {http_port: 9090}}}}
            """
        );

        Assert.Equal((9090, 8443), (config.ProxyRun.HttpPort, config.ProxyRun.HttpsPort));
    }
}

namespace Lotse.Configuration.Tests;

public sealed class AccessoryTests
{
    [Fact]
    public void EveryKey()
    {
        var db = One(
            """
            service: database
            image: postgres:17
            registry: {server: r.example.com, username: me, password: [TOKEN]}
            host: local
            cmd: postgres -c x=1
            port: "127.0.0.1:5432:5432"
            labels: {kind: db}
            options: {shm-size: 256m, restart: "no"}
            env: {clear: {A: b}, secret: ["P:DB_P"]}
            network: other
            volumes: [data:/data]
            files:
              - my.cnf:/etc/my.cnf:ro
              - {local: a, remote: /b, mode: "0600", owner: "1:1", options: Z}
            directories:
              - logs:/logs
            healthcheck: {cmd: pg_isready, interval: 500ms, timeout: 2}
            """
        );

        Assert.Equal(("db", "database", "r.example.com/postgres:17"), (db.Name, db.Service, db.Image));
        Assert.Equal("TOKEN", db.Registry!.Password!.SecretName);
        Assert.Equal(("postgres -c x=1", "127.0.0.1:5432:5432"), (db.Cmd, db.Port));
        Assert.Equal("db", db.Labels["kind"]);
        Assert.Equal(("no", "256m"), (db.Restart, db.Options["shm-size"][0]));
        Assert.Equal([new ClearVariable("A", "b")], db.Env.Clear);
        Assert.Equal([new SecretVariable("P", "DB_P")], db.Env.Secret);
        Assert.Equal("other", db.Network);
        Assert.Equal(["data:/data"], db.Volumes);
        Assert.Equal(
            [new MountedPath("my.cnf", "/etc/my.cnf", "755", null, "ro"), new("a", "/b", "0600", "1:1", "Z")],
            db.Files
        );
        Assert.Equal([new MountedPath("logs", "/logs", null, null, null)], db.Directories);
        Assert.Equal(
            new AccessoryHealthCheck
            {
                Cmd = "pg_isready",
                Interval = TimeSpan.FromMilliseconds(500),
                Timeout = TimeSpan.FromSeconds(2),
            },
            db.HealthCheck
        );
    }

    [Fact]
    public void Defaults()
    {
        var db = One("image: postgres:17\nhost: local");

        Assert.Equal(("shop-db", "kamal", "unless-stopped"), (db.Service, db.Network, db.Restart));
        Assert.Null(db.Port);
        Assert.Null(db.Proxy);
        Assert.Null(db.HealthCheck);
    }

    [Theory]
    [InlineData("host: 192.0.2.9", "192.0.2.9")]
    [InlineData("hosts: [192.0.2.9, local]", "192.0.2.9 local")]
    [InlineData("role: web", "192.0.2.1 192.0.2.2")]
    [InlineData("roles: [workers, web]", "192.0.2.2 192.0.2.3 192.0.2.1")]
    [InlineData("tag: blue", "192.0.2.1")]
    [InlineData("tags: [blue, green]", "192.0.2.1 192.0.2.3")]
    public void ItsHostsComeFromOneOfSixKeys(string line, string hosts)
    {
        var config = Project.Config(
            $$"""
            service: shop
            servers:
              web: [192.0.2.1: blue, 192.0.2.2: blueish]
              workers: {hosts: [192.0.2.2, 192.0.2.3: [green]]}
            accessories:
              db:
                image: postgres
                {{line}}
            """
        );

        Assert.Equal(hosts, string.Join(' ', config.Accessories[0].Hosts.Select(h => h.Name)));
    }

    [Fact]
    public void APortAloneIsPublishedUnderItsOwnNumber() =>
        Assert.Equal("5432:5432", One("image: postgres\nhost: local\nport: 5432").Port);

    [Theory]
    [InlineData("proxy: false", false)]
    [InlineData("proxy: {app_port: 3000}", true)]
    public void ItMayBeBehindTheProxy(string line, bool isProxied) =>
        Assert.Equal(isProxied, One($"image: x\nhost: local\n{line}").Proxy is not null);

    private static AccessoryConfig One(string lines)
    {
        var indented = lines.ReplaceLineEndings("\n").Replace("\n", "\n    ", StringComparison.Ordinal);
        return Project.Config($"{Project.Minimal}accessories:\n  db:\n    {indented}\n").Accessories[0];
    }
}

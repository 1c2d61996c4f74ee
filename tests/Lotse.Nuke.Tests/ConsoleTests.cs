using System.Collections.Immutable;
using Lotse.Configuration;
using Lotse.Execution.Deployments;
using Lotse.Execution.Ports;
using Lotse.Nuke.Console;
using Lotse.Planning.Observed;

namespace Lotse.Nuke.Tests;

public sealed class ConsoleTests
{
    [Fact]
    public void A_pipe_sees_no_progress_line()
    {
        var output = new StringWriter();
        var line = new ProgressLine(output, isTerminal: false);
        line.Show("1 of 2");
        line.Clear();
        Assert.Equal("", output.ToString());
    }

    [Fact]
    public void A_terminal_sees_one_line_that_goes_away()
    {
        var output = new StringWriter();
        var line = new ProgressLine(output, isTerminal: true);
        line.Show("1 of 2");
        line.Show("1 of 2");
        line.Show("2 of 2");
        line.Clear();
        line.Clear();
        Assert.Equal("\r\u001b[2K  1 of 2\r\u001b[2K  2 of 2\r\u001b[2K", output.ToString());
    }

    [Fact]
    public void Layers_add_up_and_those_that_were_there_do_not_count_as_travelled()
    {
        var board = new LayerBoard();
        board.Take(new LayerProgress("a", "Already exists", 0, 0));
        board.Take(new LayerProgress("b", "Downloading", 512, 2048));
        Assert.Equal("2 layers, 1.0 KiB of 2.0 KiB", board.Take(new LayerProgress("b", "Downloading", 1024, 2048)));
        board.Take(new LayerProgress("b", "Pull complete", 0, 0));
        Assert.Equal("1 layer(s) travelled, 2.0 KiB", board.Summary());
    }

    [Fact]
    public void Status_tells_what_serves_what_is_kept_and_how_the_accessory_is()
    {
        var now = new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero);
        var status = new HostStatus
        {
            Url = new Uri("http://localhost/"),
            FreeBytes = 5L << 30,
            Observed = new ObservedHost
            {
                Host = "local",
                EngineVersion = "20.10",
                Containers =
                [
                    Container('b', "2", ContainerState.Running, now),
                    Container('a', "1", ContainerState.Exited, now.AddDays(-1)),
                ],
                History = [new PastRelease("2", PastReleaseKind.Deployed, now.AddHours(-5), "r")],
                Accessories = [Container('d', "", ContainerState.Running, now) with { Name = "app-db", Role = "db" }],
                Proxy = new ObservedProxy
                {
                    Container = Container('e', "", ContainerState.Running, now) with
                    {
                        Name = "lotse-proxy",
                        Image = "lotse-proxy:1",
                    },
                    Services = [new ProxiedService("app-web", "bbbbbbbbbbbb:80", null, null) { IsHealthy = false }],
                },
            },
            Details = ImmutableDictionary<string, ContainerStatus>
                .Empty.Add("app-web-2", Detail(now.AddHours(-3), "none", 2))
                .Add("lotse-proxy", Detail(now.AddDays(-2), "none", 0))
                .Add("app-db", Detail(now.AddMinutes(-1), "healthy", 0)),
        };
        Assert.Equal(
            """
            local: engine 20.10, 5.0 GiB free, http://localhost/
              proxy    running for 2.0 days, lotse-proxy:1
              web      serves 2 for 5.0 hours: app-web-2 running for 3.0 hours, restarted 2 time(s), FAILS the proxy's health check
              web      kept   1: app-web-1 exited
              db       accessory app-db: running for 1 minute, healthy
            """,
            string.Join('\n', StatusText.Of(Config, status, now))
        );
    }

    [Fact]
    public void Status_after_a_rollback_tells_that_the_older_container_serves()
    {
        var now = new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero);
        var status = new HostStatus
        {
            Details = ImmutableDictionary<string, ContainerStatus>.Empty,
            Observed = new ObservedHost
            {
                Host = "local",
                EngineVersion = "20.10",
                Containers =
                [
                    Container('b', "2", ContainerState.Exited, now),
                    Container('a', "1", ContainerState.Running, now.AddDays(-1)),
                ],
                Proxy = new ObservedProxy
                {
                    Container = Container('e', "", ContainerState.Running, now),
                    Services = [new ProxiedService("app-web", "aaaaaaaaaaaa:80", null, null)],
                },
            },
        };
        Assert.Equal(
            ["  web      kept   2: app-web-2 exited", "  web      serves 1: app-web-1 running"],
            StatusText.Of(Config, status, now).Where(l => l.StartsWith("  web ", StringComparison.Ordinal))
        );
    }

    private static DeployConfig Config { get; } =
        new()
        {
            Service = "app",
            Image = "app",
            Roles = [new RoleConfig { Name = "web", Hosts = [new HostConfig { Name = "local" }] }],
        };

    private static ContainerStatus Detail(DateTimeOffset started, string health, int restarts) =>
        new()
        {
            Id = "x",
            State = ContainerState.Running,
            StartedAt = started,
            Health = health,
            RestartCount = restarts,
        };

    private static ObservedContainer Container(char id, string version, ContainerState state, DateTimeOffset at) =>
        new()
        {
            Id = new string(id, 64),
            Name = $"app-web-{version}",
            Role = "web",
            Version = version,
            State = state,
            CreatedAt = at,
        };
}

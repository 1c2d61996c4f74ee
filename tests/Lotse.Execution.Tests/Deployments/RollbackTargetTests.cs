using System.Collections.Immutable;
using Lotse.Configuration;
using Lotse.Execution.Deployments;
using Lotse.Execution.Ports;
using Lotse.Planning.Observed;

namespace Lotse.Execution.Tests.Deployments;

public sealed class RollbackTargetTests
{
    private static readonly DateTimeOffset Day = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>A host's past as <c>host: versions that served there; version that serves now</c>.</summary>
    [Theory]
    [InlineData("v1", "one: v1 v2; v2", "two: v1 v2; v2")]
    [InlineData("v2", "one: v1 v2; v2", "two: v1 v2 v3; v3")]
    [InlineData("v2", "one: v1 v2 v3; v3", "two: v1 v2; v2")]
    [InlineData("v1", "one: v1 v2; v2", "two: v1 v2; v2", "db: ; ")]
    public void It_is_the_last_release_before_the_fleets_newest(string target, params string[] hosts) =>
        Assert.Equal(target, RollbackTarget.Choose(Config(isProxied: true), Fleet(hosts), null));

    [Fact]
    public void A_role_without_a_proxy_goes_back_too() =>
        Assert.Equal(
            "v1",
            RollbackTarget.Choose(Config(isProxied: false), Fleet("one: v1 v2; v2", "two: v1 v2; v2"), null)
        );

    [Fact]
    public void A_version_that_is_asked_for_need_not_be_on_the_accessorys_host() =>
        Assert.Equal("v1", RollbackTarget.Choose(Config(isProxied: true), Fleet("one: v1 v2; v2", "db: ; "), "v1"));

    [Fact]
    public void A_version_that_one_host_lacks_is_refused_with_those_that_all_have()
    {
        var fleet = Fleet("one: v1 v2 v3; v3", "two: v2 v3; v3");

        var refused = Assert.Throws<UserException>(() => RollbackTarget.Choose(Config(isProxied: true), fleet, "v1"));

        Assert.Contains("These can be had: v2.", refused.Message, StringComparison.Ordinal);
    }

    private static DeployConfig Config(bool isProxied) =>
        new()
        {
            Service = "app",
            Image = "app",
            Roles =
            [
                new RoleConfig
                {
                    Name = "web",
                    Hosts = [new HostConfig { Name = "one" }, new HostConfig { Name = "two" }],
                    Proxy = isProxied ? new ProxyConfig { AppPort = 3000 } : null,
                },
            ],
            Accessories =
            [
                new AccessoryConfig
                {
                    Name = "store",
                    Service = "app-store",
                    Image = "store:1",
                    Hosts = [new HostConfig { Name = "db" }],
                },
            ],
        };

    private static List<HostStatus> Fleet(params string[] hosts) => [.. hosts.Select(StatusOf)];

    private static HostStatus StatusOf(string text)
    {
        var (name, past) = (text.Split(": ")[0], text.Split(": ")[1].Split("; "));
        var versions = past[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var containers = versions.Select(v => ContainerOf(v, isRunning: v == past[1])).ToImmutableArray();
        var active = containers.FirstOrDefault(c => c.IsRunning);
        return new HostStatus
        {
            Observed = new ObservedHost
            {
                Host = name,
                Containers = containers,
                History = [.. versions.Select(PastOf)],
                Proxy = new ObservedProxy
                {
                    Container = ContainerOf("proxy", isRunning: true),
                    Services = active is null
                        ? []
                        : [new ProxiedService("app-web", $"{active.ShortId}:3000", null, null)],
                },
            },
            Details = ImmutableDictionary<string, ContainerStatus>.Empty,
        };
    }

    private static PastRelease PastOf(string version) =>
        new(version, PastReleaseKind.Deployed, Day.AddDays(version[1] - '0'), $"rollout-{version}");

    private static ObservedContainer ContainerOf(string version, bool isRunning) =>
        new()
        {
            Id = $"{version}-of-a-container",
            Name = $"app-web-{version}",
            Role = "web",
            Version = version,
            Rollout = $"rollout-{version}",
            State = isRunning ? ContainerState.Running : ContainerState.Exited,
        };
}

using Lotse.Configuration;
using Lotse.Execution;
using Lotse.Nuke.Deployments;

namespace Lotse.Nuke.Tests;

public sealed class SkippedHostsTests
{
    private static DeployConfig Config { get; } =
        new()
        {
            Service = "app",
            Image = "app",
            Roles = [Role("web", "one", "two"), Role("workers", "two")],
        };

    [Fact]
    public void A_skipped_host_is_left_out_of_every_role() =>
        Assert.Equal(
            ["web: one", "workers: "],
            SkippedHosts
                .Leave(Config, ["two"])
                .Roles.Select(r => $"{r.Name}: {string.Join(' ', r.Hosts.Select(h => h.Name))}")
        );

    [Fact]
    public void Without_any_nothing_changes() => Assert.Same(Config, SkippedHosts.Leave(Config, []));

    [Fact]
    public void A_host_that_is_not_configured_is_named_with_those_that_are()
    {
        var refused = Assert.Throws<UserException>(() => SkippedHosts.Leave(Config, ["tow"]));

        Assert.StartsWith(
            "tow: no such host in the configuration. Its hosts are one, two.",
            refused.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Not_all_hosts_can_be_left_out() =>
        Assert.Throws<UserException>(() => SkippedHosts.Leave(Config, ["one", "two"]));

    [Theory]
    [InlineData(null, true)]
    [InlineData("workers", false)]
    public void A_migration_is_not_left_out_with_its_hosts(string? role, bool isPossible)
    {
        var config = Config with
        {
            Migrate = new MigrateConfig { Command = "migrate", Role = role },
        };

        var refused = Record.Exception(() => SkippedHosts.Leave(config, ["two"]));

        Assert.Equal(isPossible, refused is null);
        Assert.True(isPossible || refused!.Message.Contains("data is not migrated", StringComparison.Ordinal));
    }

    private static RoleConfig Role(string name, params string[] hosts) =>
        new() { Name = name, Hosts = [.. hosts.Select(h => new HostConfig { Name = h })] };
}

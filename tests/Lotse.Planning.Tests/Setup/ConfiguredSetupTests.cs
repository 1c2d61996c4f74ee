using System.Collections.Immutable;
using Lotse.Configuration;
using Lotse.Planning.Setup;

namespace Lotse.Planning.Tests.Setup;

/// <summary>What a configuration makes of its servers.</summary>
public sealed class ConfiguredSetupTests
{
    private static readonly DeployConfig Config = new()
    {
        Service = "shop",
        Image = "shop",
        Roles =
        [
            new RoleConfig
            {
                Name = "web",
                Hosts = [Host("192.0.2.1"), Host(HostConfig.LocalName)],
                Proxy = new ProxyConfig(),
            },
            new RoleConfig { Name = "jobs", Hosts = [Host("192.0.2.2")] },
        ],
        Accessories = [Accessory("192.0.2.2", "192.0.2.2:5432:5432")],
    };

    [Fact]
    public void Only_servers_are_set_up() => Assert.Equal(["192.0.2.1", "192.0.2.2"], ConfiguredSetup.Hosts(Config));

    [Fact]
    public void A_configuration_is_told_from_others_of_its_servers_by_service_and_destination()
    {
        Assert.Equal("shop", Settings(Config).Name);
        Assert.Equal("shop-staging", Settings(Config with { Destination = "staging" }).Name);
    }

    [Fact]
    public void The_deploy_user_is_that_of_ssh_or_else_the_one_that_was_named()
    {
        Assert.Null(Settings(Config).DeployUser);
        Assert.Equal("ship", ConfiguredSetup.Settings(Config, "ship", [], false).DeployUser);
        var own = Config with { Ssh = new SshConfig { User = "deploy" } };
        Assert.Equal("deploy", ConfiguredSetup.Settings(own, "ship", [], false).DeployUser);
        var named = Config with
        {
            Roles = [Config.Roles[1] with { Hosts = [Host("app@192.0.2.2")] }],
            Accessories = [],
        };
        Assert.Equal("app", Settings(named).DeployUser);
        Assert.Equal(["root", "app"], ConfiguredSetup.Logins(named, null));
    }

    [Fact]
    public void Set_up_logs_in_as_root_and_else_as_the_deploy_user_unless_told_otherwise()
    {
        var own = Config with { Ssh = new SshConfig { User = "deploy" } };
        Assert.Equal(["root"], ConfiguredSetup.Logins(Config, null));
        Assert.Equal(["root", "deploy"], ConfiguredSetup.Logins(own, null));
        var told = own with { Setup = new SetupConfig { Login = "debian" } };
        Assert.Equal(["debian"], ConfiguredSetup.Logins(told, null));
        Assert.Equal(["ubuntu"], ConfiguredSetup.Logins(told, "ubuntu"));
    }

    [Fact]
    public void The_proxys_ports_are_open_where_it_runs_and_other_ports_everywhere()
    {
        var config = Config with
        {
            ProxyRun = new ProxyRunConfig { HttpPort = 8080 },
            Setup = new SetupConfig { OpenPorts = [new(51820, IsUdp: true)] },
        };
        var settings = Settings(config);
        Assert.Equal([new(51820, IsUdp: true), new(8080), new(443)], settings.OpenPortsByHost["192.0.2.1"]);
        Assert.False(settings.OpenPortsByHost.ContainsKey("192.0.2.2"));
        Assert.Equal([new(51820, IsUdp: true)], settings.OpenPorts);
    }

    [Theory]
    [InlineData("5432", "5432")]
    [InlineData("15432:5432", "15432")]
    [InlineData("192.0.2.2:15432:5432", "15432")]
    [InlineData("[2001:db8::1]:15432:5432", "15432")]
    [InlineData("53:53/udp", "53/udp")]
    [InlineData("127.0.0.1:5432:5432", null)]
    [InlineData("[::1]:5432:5432", null)]
    public void What_accessories_publish_is_open_to_the_fleet_unless_it_is_the_servers_own(string port, string? open)
    {
        var config = Config with { Accessories = [Accessory("192.0.2.2", port)] };
        var ports = Settings(config).FleetPorts.GetValueOrDefault("192.0.2.2", []);
        Assert.Equal(open is null ? [] : [open], ports.Select(p => p.ToString()));
    }

    [Fact]
    public void Ports_of_roles_that_stay_closed_are_told()
    {
        var options = ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty.Add(
            "publish",
            ["9000:9000", "9001:9001", "127.0.0.1:9002:9002"]
        );
        var config = Config with
        {
            Roles = [Config.Roles[1] with { Options = options }],
            Setup = new SetupConfig { OpenPorts = [new(9001, IsUdp: false)] },
        };
        Assert.StartsWith("servers.jobs publishes 9000,", Assert.Single(ConfiguredSetup.ClosedPorts(config)));
        Assert.Empty(ConfiguredSetup.ClosedPorts(config with { Setup = new SetupConfig { Firewall = false } }));
    }

    private static SetupSettings Settings(DeployConfig config) => ConfiguredSetup.Settings(config, null, [], false);

    private static HostConfig Host(string name) => new() { Name = name };

    private static AccessoryConfig Accessory(string host, string port) =>
        new()
        {
            Name = "db",
            Service = "shop-db",
            Image = "postgres:17",
            Hosts = [Host(host)],
            Port = port,
        };
}

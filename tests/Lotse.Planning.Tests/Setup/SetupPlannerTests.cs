using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Lotse.Planning.Setup;

namespace Lotse.Planning.Tests.Setup;

/// <summary>What servers can be like, and what set-up makes of it.</summary>
public sealed class SetupPlannerTests
{
    [Fact]
    public void A_bare_server_gets_everything_in_an_order_that_locks_nobody_out() =>
        Assert.Equal(
            [
                SetupTopic.EngineSettings,
                SetupTopic.Packages,
                SetupTopic.Engine,
                SetupTopic.DeployUser,
                SetupTopic.Updates,
                SetupTopic.Sshd,
                SetupTopic.Firewall,
            ],
            Server.Changes(Server.Plan(Server.Bare))
        );

    [Fact]
    public void A_server_that_is_set_up_needs_nothing()
    {
        var plan = Server.Plan(Server.Ready);
        Assert.Empty(plan.Changes);
        Assert.Empty(plan.Notices);
        Assert.Equal(8, plan.Steps.Length);
    }

    public static TheoryData<string, ServerFacts, SetupTopic> Drifts =>
        new()
        {
            { "the engine stopped", WithEngine(e => e with { Version = null, ApiVersion = null }), SetupTopic.Engine },
            {
                "a package is gone",
                Server.Ready with
                {
                    Packages = Server.Ready.Packages.Remove("nftables"),
                },
                SetupTopic.Packages
            },
            { "the user left the group", WithAccount(a => a with { Groups = ["deploy"] }), SetupTopic.DeployUser },
            {
                "the key is another",
                WithAccount(a => a with { Keys = ["ssh-ed25519 AAAAother"] }),
                SetupTopic.DeployUser
            },
            { "sudo was given", WithAccount(a => a with { HasSudo = true }), SetupTopic.DeployUser },
            { "passwords are taken", Server.Ready with { Sshd = Server.Sshd("yes", "no") }, SetupTopic.Sshd },
            { "root may use a password", Server.Ready with { Sshd = Server.Sshd("no", "yes") }, SetupTopic.Sshd },
            {
                "updates are off",
                Server.Ready with
                {
                    Updates = Server.Ready.Updates.SetItem("Unattended-Upgrade", "0"),
                },
                SetupTopic.Updates
            },
            { "the rules were removed", WithFirewall(f => f with { IsLoaded = false }), SetupTopic.Firewall },
            { "the rules' file was edited", WithFirewall(f => f with { File = "other" }), SetupTopic.Firewall },
            {
                "the rules are not loaded at boot",
                WithFirewall(f => f with { IsEnabled = false }),
                SetupTopic.Firewall
            },
            { "SSH moved", Server.Ready with { SshPorts = [22, 2222] }, SetupTopic.Firewall },
            { "there is little memory", Server.Ready with { MemoryKiB = 1_000_000 }, SetupTopic.Swap },
        };

    [Theory]
    [MemberData(nameof(Drifts))]
    public void What_has_drifted_is_mended_and_nothing_else(string what, ServerFacts server, SetupTopic topic)
    {
        Assert.NotEmpty(what);
        Assert.Equal([topic], Server.Changes(Server.Plan(server)));
    }

    public static TheoryData<ServerFacts, string> Obstacles =>
        new()
        {
            { Server.Bare with { Distribution = "fedora", Name = "Fedora Linux 42" }, "Fedora Linux 42 is not" },
            { Server.Bare with { Version = "11", Name = "Debian GNU/Linux 11" }, "Debian GNU/Linux 11 is too old" },
            {
                Server.Bare with
                {
                    Distribution = "ubuntu",
                    Version = "20.04",
                    Name = "Ubuntu 20.04",
                },
                "Ubuntu 20.04 is too old"
            },
            { Server.Bare with { FreeKiB = 500 * 1024 }, "only 500 MiB are free" },
            { Server.Bare with { Uplinks = ["br-lan"] }, "the network interface br-lan" },
            { Server.Bare with { Sshd = Server.Bare.Sshd.Clear() }, "the settings of its SSH server" },
            { WithFirewall(f => f with { Others = ["ufw"] }), "another firewall is active: ufw" },
            {
                WithEngine(e => e with { Version = "19.03", ApiVersion = "1.40" }),
                "Docker Engine 19.03 (API 1.40) is too old"
            },
            { WithEngine(e => e with { Settings = "{ nonsense" }), "/etc/docker/daemon.json cannot be read" },
            { WithEngine(e => e with { Settings = "[]" }), "/etc/docker/daemon.json cannot be read" },
        };

    [Theory]
    [MemberData(nameof(Obstacles))]
    public void What_stands_in_the_way_is_told_and_nothing_is_planned(ServerFacts server, string fact)
    {
        var plan = Server.Plan(server);
        Assert.StartsWith(fact, Assert.Single(plan.Problems).Fact, StringComparison.Ordinal);
        Assert.Empty(plan.Steps);
    }

    [Theory]
    [InlineData("debian", "13")]
    [InlineData("ubuntu", "22.04")]
    [InlineData("ubuntu", "24.04")]
    public void Later_distributions_are_taken(string id, string version) =>
        Assert.Empty(Server.Plan(Server.Bare with { Distribution = id, Version = version }).Problems);

    [Fact]
    public void Another_firewall_is_no_obstacle_where_ours_is_not_wanted()
    {
        var server = WithFirewall(f => f with { Others = ["ufw"] });
        var plan = Server.Plan(server, Server.Settings with { HasFirewall = false });
        Assert.Empty(plan.Problems);
        Assert.Empty(plan.Changes);
        Assert.Empty(plan.OpenPorts);
    }

    [Fact]
    public void Without_keys_of_ones_own_those_that_opened_the_login_are_taken_without_their_options()
    {
        var server = Server.Bare with { LoginKeys = ["no-pty,command=\"echo no\" ssh-rsa AAAAroot root@cloud"] };
        var settings = Server.Settings with { DeployKeys = [] };
        var script = Server.Step(Server.Plan(server, settings), SetupTopic.DeployUser).Script;
        Assert.Contains("\nssh-rsa AAAAroot root@cloud\n", script, StringComparison.Ordinal);
        Assert.DoesNotContain("command=", script, StringComparison.Ordinal);
        Assert.Contains("no public key", Assert.Single(Server.Plan(Server.Bare, settings).Problems).Fact);
    }

    [Fact]
    public void The_engines_settings_are_merged_and_not_overwritten()
    {
        var server = WithEngine(e =>
            e with
            {
                Settings = """{"dns": ["192.0.2.53"], "log-opts": {"max-size": "1m"}}""",
            }
        );
        var step = Server.Step(Server.Plan(server), SetupTopic.EngineSettings);
        var expected = JsonNode.Parse(
            """
            {"dns": ["192.0.2.53"], "log-opts": {"max-size": "1m", "max-file": "3"}, "log-driver": "json-file",
             "live-restore": true}
            """
        );
        Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(EngineSettings.Of(step))));
    }

    [Fact]
    public void Another_log_driver_and_a_swarm_are_left_as_they_are()
    {
        var server = WithEngine(e => e with { Settings = """{"log-driver":"journald"}""", IsSwarm = true });
        Assert.Empty(Server.Plan(server).Changes);
    }

    [Fact]
    public void Running_containers_are_not_stopped_for_the_engines_settings_unless_that_is_said()
    {
        var server = WithEngine(e => e with { Settings = null, KeepsContainers = false, RunningContainers = 3 });
        var step = Server.Step(Server.Plan(server), SetupTopic.EngineSettings);
        Assert.Equal(SetupState.Deferred, step.State);
        Assert.Contains("3 running container(s)", step.Note, StringComparison.Ordinal);

        var said = Server.Settings with { MayRestartEngine = true };
        Assert.Equal([SetupTopic.EngineSettings], Server.Changes(Server.Plan(server, said)));
        Assert.Empty(
            Server
                .Plan(WithEngine(e => e with { Settings = null, RunningContainers = 3 }))
                .Steps.Where(s => s.Note != "")
        );
    }

    [Fact]
    public void A_stricter_rule_for_root_is_kept()
    {
        var script = Server
            .Step(Server.Plan(Server.Bare with { Sshd = Server.Sshd("yes", "no") }), SetupTopic.Sshd)
            .Script;
        Assert.Contains("PermitRootLogin no\n", script, StringComparison.Ordinal);
    }

    [Fact]
    public void The_firewall_lets_in_what_is_configured_and_the_fleet_where_it_must()
    {
        var settings = Server.Settings with
        {
            OpenPorts = [new(80), new(443), new(51820, IsUdp: true)],
            FleetPorts = ImmutableDictionary<string, ImmutableArray<OpenPort>>.Empty.Add("192.0.2.10", [new(5432)]),
        };
        ServerFacts[] fleet =
        [
            Server.Bare with
            {
                SshPorts = [2222],
            },
            Server.Bare with
            {
                Host = "web.example.com",
                Addresses = ["10.0.0.7", "2001:db8::7"],
            },
        ];
        var plans = SetupPlanner.Plan(fleet, settings);
        var rules = Server.Step(plans[0], SetupTopic.Firewall).Script;
        Assert.Contains("tcp dport { 80, 443, 2222 } accept\n", rules, StringComparison.Ordinal);
        Assert.Contains("udp dport { 51820 } accept\n", rules, StringComparison.Ordinal);
        Assert.Contains(
            "ip saddr { 10.0.0.7, 192.0.2.10 } tcp dport { 5432 } accept\n",
            rules,
            StringComparison.Ordinal
        );
        Assert.Contains("ip6 saddr { 2001:db8::7 } tcp dport { 5432 } accept\n", rules, StringComparison.Ordinal);
        Assert.DoesNotContain("5432", Server.Step(plans[1], SetupTopic.Firewall).Script, StringComparison.Ordinal);
        Assert.Contains(
            "5432 to the fleet",
            Server.Step(plans[0], SetupTopic.Firewall).Title,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Clocks_that_differ_and_a_missing_systemd_are_told()
    {
        var server = Server.Ready with { ClockSkew = TimeSpan.FromSeconds(-90), HasSystemd = false };
        var notices = Server.Plan(server).Notices;
        Assert.Equal(2, notices.Length);
        Assert.Contains("-90 s", notices[0], StringComparison.Ordinal);
    }

    private static ServerFacts WithEngine(Func<EngineFacts, EngineFacts> change) =>
        Server.Ready with
        {
            Engine = change(Server.Ready.Engine),
        };

    private static ServerFacts WithAccount(Func<AccountFacts, AccountFacts> change) =>
        Server.Ready with
        {
            Account = change(Server.Ready.Account),
        };

    private static ServerFacts WithFirewall(Func<FirewallFacts, FirewallFacts> change) =>
        Server.Ready with
        {
            Firewall = change(Server.Ready.Firewall),
        };
}

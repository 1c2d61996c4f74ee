using System.Collections.Immutable;
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
            { "an installation was cut off", Server.Ready with { IsInterrupted = true }, SetupTopic.Packages },
            { "the kernel has AppArmor on", Server.Ready with { HasAppArmor = true }, SetupTopic.Packages },
            { "the engine is gone", WithEngine(e => e with { IsInstalled = false }), SetupTopic.Packages },
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
            { WithEngine(e => e with { IsSwarm = true }), "it is part of a swarm, and the firewall would keep 2377" },
            {
                WithAccount(a => a with { HasSudo = true }) with
                {
                    User = "deploy",
                },
                "the configuration takes sudo away from the user deploy"
            },
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
        var server = Server.Ready with { Firewall = new FirewallFacts { Others = ["ufw"] } };
        var plan = Server.Plan(server, Server.Settings with { HasFirewall = false });
        Assert.Empty(plan.Problems);
        Assert.Empty(plan.Changes);
        Assert.Empty(plan.OpenPorts);
    }

    [Fact]
    public void Without_keys_of_ones_own_those_that_open_all_of_the_login_are_taken()
    {
        var server = Server.Bare with
        {
            LoginKeys =
            [
                "no-pty,command=\"echo 'Please login as the user \\\"debian\\\"';exit 142\" ssh-rsa AAAAroot root@cloud",
                "command=\"rrsync -wo /srv\",restrict ssh-ed25519 AAAAbackup backup",
                "from=\"192.0.2.0/24\" ssh-ed25519 AAAAfrom",
            ],
        };
        var settings = Server.Settings with { DeployKeys = [] };
        var script = Server.Step(Server.Plan(server, settings), SetupTopic.DeployUser).Script;
        Assert.Contains("\nssh-rsa AAAAroot root@cloud\n", script, StringComparison.Ordinal);
        Assert.DoesNotContain("command=", script, StringComparison.Ordinal);
        Assert.DoesNotContain("AAAAbackup", script, StringComparison.Ordinal);
        Assert.DoesNotContain("AAAAfrom", script, StringComparison.Ordinal);
        Assert.StartsWith("2 key(s) of root have options", Assert.Single(Server.Plan(server, settings).Notices));
        var restricted = server with { LoginKeys = server.LoginKeys[1..] };
        Assert.StartsWith("no public key", Assert.Single(Server.Plan(restricted, settings).Problems).Fact);
        Assert.Contains("no public key", Assert.Single(Server.Plan(Server.Bare, settings).Problems).Fact);
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
    public void A_disk_that_is_nearly_full_gets_no_swap_file() =>
        Assert.Empty(Server.Plan(Server.Ready with { MemoryKiB = 1_000_000, FreeKiB = 3_000_000 }).Changes);

    [Fact]
    public void The_mark_for_the_hook_is_set_before_an_engine_is_installed_and_for_no_other_package()
    {
        var fresh = Server.Step(Server.Plan(Server.Bare), SetupTopic.Packages).Script;
        Assert.Contains(": >/etc/lotse/docker-setup.pending\n", fresh, StringComparison.Ordinal);
        var other = Server.Plan(Server.Ready with { Packages = Server.Ready.Packages.Remove("iptables") });
        Assert.DoesNotContain("docker-setup", Server.Step(other, SetupTopic.Packages).Script, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_person_should_know_of_sshd_and_of_the_hook_is_told()
    {
        var server = WithEngine(e => e with { IsFresh = true }) with { SshMatches = ["Match User ftp"] };
        Assert.Collection(
            Server.Plan(server).Notices,
            n => Assert.Contains("takes passwords all the same where this holds: Match User ftp", n),
            n => Assert.Contains("docker-setup", n)
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

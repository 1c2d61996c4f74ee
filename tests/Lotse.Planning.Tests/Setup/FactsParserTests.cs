using Lotse.Planning.Setup;

namespace Lotse.Planning.Tests.Setup;

/// <summary>What servers print, and what is read from it.</summary>
public sealed class FactsParserTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_000_000);

    private const string Text = """
        os.id=ubuntu
        os.version=24.04
        os.name=Ubuntu 24.04 LTS
        arch=x86_64
        now=1000045
        systemd=yes
        memory=2000000
        swap=0
        free=9000000
        package=docker.io
        package=sudo
        packages.interrupted=yes
        apparmor=yes
        engine.installed=yes
        engine.version=27.1.1 1.46
        engine.state=3 true inactive
        engine.settings=e30K
        user=ubuntu
        login.key=ssh-ed25519 AAAAone a=b
        account.exists=yes
        account.group=deploy
        account.group=docker
        account.key=ssh-ed25519 AAAAtwo
        account.folder=yes
        state=yes
        ssh.port=22
        ssh.port=2222
        sshd.permitrootlogin=without-password
        sshd.match=Match User ftp
        updates.Unattended-Upgrade=1
        firewall.ports=shop-staging 
        firewall.ports=shop-staging open 80
        firewall.ports=shop-staging fleet 5432
        firewall.ports=shop-staging from 192.0.2.7 web.example.com
        firewall.ports=jobs 
        firewall.file=
        firewall.loaded=yes
        firewall.other=ufw
        listen=0100007F:1F90
        listen=00000000:0050
        listen=00000000000000000000000001000000:1F91
        listen=00000000000000000000000000000000:1F92
        listen=0000000000000000FFFF00000100007F:1F93
        address=eth0 192.0.2.10/24
        address=docker0 172.17.0.1/16
        address=br-0123456789ab 172.18.0.1/16
        address=eth0 2001:db8::1/64
        uplink=eth0
        bridge=docker0
        end=yes
        """;

    [Fact]
    public void Facts_are_read()
    {
        var facts = FactsParser.Parse("host", Text, Now)!;
        Assert.Equal(("ubuntu", "24.04", "Ubuntu 24.04 LTS"), (facts.Distribution, facts.Version, facts.Name));
        Assert.Equal(TimeSpan.FromSeconds(45), facts.ClockSkew);
        Assert.Equal((2_000_000, 0, 9_000_000), (facts.MemoryKiB, facts.SwapKiB, facts.FreeKiB));
        Assert.True(facts.HasSystemd);
        Assert.Equal(["docker.io", "sudo"], facts.Packages.Order());
        Assert.Equal(
            new EngineFacts
            {
                IsInstalled = true,
                Version = "27.1.1",
                ApiVersion = "1.46",
                RunningContainers = 3,
                KeepsContainers = true,
                Settings = "{}\n",
            },
            facts.Engine
        );
        Assert.Equal(["ssh-ed25519 AAAAone a=b"], facts.LoginKeys);
        Assert.Equal([22, 2222], facts.SshPorts);
        Assert.Equal("1", facts.Updates["Unattended-Upgrade"]);
        Assert.True(facts is { IsInterrupted: true, HasAppArmor: true, HasState: true });
        Assert.Equal(["Match User ftp"], facts.SshMatches);
        Assert.Equal(["permitrootlogin"], facts.Sshd.Keys);
        Assert.Equal(["docker0"], facts.Bridges);
    }

    [Fact]
    public void The_account_and_the_firewall_are_read()
    {
        var facts = FactsParser.Parse("host", Text, Now)!;
        Assert.True(facts.Account is { Exists: true, HasStateFolder: true, HasSudo: false });
        Assert.Equal(["deploy", "docker"], facts.Account.Groups.Order());
        Assert.True(facts.Firewall is { IsLoaded: true, IsEnabled: false, File: "" });
        Assert.Equal(["ufw"], facts.Firewall.Others);
        Assert.Equal(
            ["shop-staging (80, 5432 to its fleet)", "jobs"],
            facts.Firewall.Fragments.Select(f => f.ToString())
        );
        Assert.Equal([new("web.example.com", "192.0.2.7")], facts.Firewall.Fragments[0].From);
    }

    [Fact]
    public void Loopback_and_the_engines_networks_are_left_out()
    {
        var facts = FactsParser.Parse("host", Text, Now)!;
        Assert.Equal([80, 8082], facts.ListeningPorts);
        Assert.Equal(["192.0.2.10", "2001:db8::1"], facts.Addresses);
    }

    [Theory]
    [InlineData("Please login as the user \"ubuntu\" rather than the user \"root\".")]
    [InlineData("os.id=debian\nos.version=12\n")]
    [InlineData("")]
    public void What_is_not_the_whole_answer_is_none(string text) => Assert.Null(FactsParser.Parse("host", text, Now));

    [Theory]
    [InlineData("engine.version=20.10.24 1.41", true)]
    [InlineData("engine.installed=yes", true)]
    [InlineData("package=docker-cli", false)]
    public void A_command_alone_is_no_engine(string line, bool isInstalled) =>
        Assert.Equal(isInstalled, FactsParser.Parse("host", $"{line}\nend=yes", Now)!.Engine.IsInstalled);

    [Fact]
    public void An_engine_that_does_not_answer_has_no_version()
    {
        var facts = FactsParser.Parse("host", "engine.installed=yes\nengine.version= \nend=yes", Now)!;
        Assert.True(facts.Engine is { IsInstalled: true, Version: null, ApiVersion: null });
    }
}

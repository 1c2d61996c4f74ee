using Lotse.Execution;
using Lotse.Execution.Ports;
using Lotse.Execution.Setup;
using Lotse.Planning.Setup;
using Lotse.Testing.Servers;
using Lotse.Testing.Waiting;

namespace Lotse.Setup.Tests;

/// <summary>What goes wrong is told for all servers at once, and nobody is locked out.</summary>
public sealed class FailureTests
{
    // A package of that name, with nothing in it: on a server that has an engine, nothing is to be installed any more.
    private const string HaveAllPackages = """
        set -e
        mkdir -p /tmp/deb/DEBIAN
        printf '%s\n' 'Package: unattended-upgrades' 'Version: 99' 'Architecture: all' 'Maintainer: test' \
          'Description: test' >/tmp/deb/DEBIAN/control
        dpkg-deb -b /tmp/deb /tmp/updates.deb
        dpkg -i /tmp/updates.deb
        """;

    // What a set-up leaves that was cut off after it had installed the engine.
    private const string HaveFreshEngine = "mkdir -p /etc/lotse && : >/etc/lotse/docker-setup.pending";

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(120);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Obstacles_on_all_servers_are_told_together_and_nothing_is_changed()
    {
        await using var world = await SetupWorld.StartAsync(2, ServerKind.Bare, Cancellation);
        await world.Nodes[0].ExecAsync("mkdir -p /etc/ufw && echo ENABLED=yes >/etc/ufw/ufw.conf", Cancellation);
        await world.Nodes[1].ExecAsync("rm /etc/os-release && echo ID=gentoo >/etc/os-release", Cancellation);

        var refused = await Assert.ThrowsAsync<UserException>(() => world.RunAsync(Cancellation));

        Assert.Contains($"[{world.Nodes[0].Address}] another firewall is active: ufw", refused.Message);
        Assert.Contains($"[{world.Nodes[1].Address}] ", refused.Message);
        Assert.Contains("is not a distribution that can be set up", refused.Message);
        Assert.NotEqual(0, (await world.Nodes[0].TryExecAsync("getent passwd deploy", Cancellation)).ExitCode);
    }

    [Fact]
    public async Task A_login_without_the_right_to_become_root_is_told_and_one_with_it_will_do()
    {
        await using var world = await SetupWorld.StartAsync(1, ServerKind.Bare, Cancellation);
        await world.Node.ExecAsync(
            "for u in weak strong; do useradd -m -s /bin/sh $u && usermod -p '*' $u && cp -r /root/.ssh /home/$u/ "
                + "&& chown -R $u /home/$u; done; echo 'strong ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/strong",
            Cancellation
        );

        world.Logins = ["weak"];
        var refused = await Assert.ThrowsAsync<UserException>(() => world.Setup().PreviewAsync(Cancellation));
        Assert.Contains("the user weak may not use sudo", refused.Message, StringComparison.Ordinal);
        Assert.Contains("--setup-login", refused.Message, StringComparison.Ordinal);

        // Who deploys may be configured with the server, and set-up logs in as somebody else.
        await using var shell = await world.Servers.ConnectAsync($"weak@{world.Node.Address}", "root", Cancellation);
        Assert.Equal("root", shell.User);

        world.Logins = ["nobody-of-that-name", "strong"];
        var plan = Assert.Single((await world.Setup().PreviewAsync(Cancellation)).Servers).Plan;
        Assert.Equal("strong", plan.Server.User);
        Assert.Contains(plan.Changes, c => c.Topic == SetupTopic.Packages);
    }

    [Fact]
    public async Task What_apt_says_is_in_the_error_and_the_other_server_is_set_up_no_less()
    {
        await using var world = await SetupWorld.StartAsync(2, ServerKind.Server, Cancellation);
        await world.Nodes[0].ExecAsync("rm -rf /etc/apt/sources.list*", Cancellation);
        await world.Nodes[1].ExecAsync($"{HaveAllPackages}\n{HaveFreshEngine}", Cancellation);

        var failed = await Assert.ThrowsAsync<SetupFailedException>(() => world.RunAsync(Cancellation));

        var failure = Assert.Single(failed.Failures);
        Assert.Equal(world.Nodes[0].Address, failure.Host);
        Assert.Contains("Unable to locate package", failure.Evidence, StringComparison.Ordinal);
        Assert.Contains($"Set up: {world.Nodes[1].Address}.", failed.Message, StringComparison.Ordinal);
        await world.Nodes[1].ExecAsync("docker version && nft list table inet lotse", Cancellation);
        Assert.Equal([world.Nodes[1].Address], world.EngineInstalled);
    }

    [Theory]
    [InlineData(5)]
    [AllOnlyData(1)]
    [RepresentedBy("a deployer whose clock is five times as fast: what it does while it waits for sshd is the same")]
    public async Task Settings_of_sshd_that_let_nobody_in_are_taken_back(int hurry)
    {
        await using var world = await SetupWorld.StartAsync(1, ServerKind.Server, Cancellation);
        await SkipAllButAsync(world, SetupTopic.Sshd);

        // The first connection is let in, and no other.
        var setup = world.Setup(new OneDoor(world.Servers), time: new HurriedTime(hurry));
        var failed = await Assert.ThrowsAsync<SetupFailedException>(() => SetupWorld.RunAsync(setup, Cancellation));

        Assert.Contains("it was taken back", failed.Message, StringComparison.Ordinal);
        Assert.Equal(
            "passwordauthentication yes",
            await world.Node.ExecAsync("sshd -T | grep ^passwordauthentication", Cancellation)
        );
    }

    [Theory]
    [InlineData(true)]
    [AllOnlyData(false)]
    [RepresentedBy("a server whose wait is cut short once it has been looked at: what it does afterwards is the same")]
    public async Task Firewall_rules_that_let_nobody_in_are_taken_back_by_the_server_itself(bool isCutShort)
    {
        await using var world = await SetupWorld.StartAsync(1, ServerKind.Server, Cancellation);
        await SkipAllButAsync(world, SetupTopic.Firewall);

        var setup = world.Setup(new OneDoor(world.Servers), confirmLimit: TimeSpan.FromSeconds(60));
        var failed = await Assert.ThrowsAsync<SetupFailedException>(() => SetupWorld.RunAsync(setup, Cancellation));

        Assert.Contains("takes them back by itself after 60 s", failed.Message, StringComparison.Ordinal);
        // What somebody else loads meanwhile must not be taken for what was there before.
        var others = FirewallScripts.Apply(
            "table inet lotse { }",
            new FirewallFragment { Name = "other" },
            "other",
            TimeSpan.FromMinutes(1)
        );
        var refused = await world.Node.TryExecAsync(others, Cancellation);
        Assert.Contains("other rules wait for their confirmation", refused.Error, StringComparison.Ordinal);
        if (isCutShort)
        {
            await world.Node.ExecAsync("pkill -f '^sleep 60$'", Cancellation);
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(Soon);
        var waiting = UntilItIsTakenBackAsync(world, limit.Token);
        await Wait.ForAsync(WaitKind.TimeLimit, waiting);
        Assert.NotEqual(0, (await world.Node.TryExecAsync("test -e /etc/lotse/firewall.nft", Cancellation)).ExitCode);
    }

    private static async Task UntilItIsTakenBackAsync(SetupWorld world, CancellationToken limit)
    {
        while ((await world.Node.TryExecAsync("nft list table inet lotse", limit)).ExitCode == 0) { }
    }

    /// <summary>Makes a server look ready but for one thing and its engine's settings.</summary>
    private static async Task SkipAllButAsync(SetupWorld world, SetupTopic topic)
    {
        world.Settings = world.Settings with { DeployUser = null, HasFirewall = topic == SetupTopic.Firewall };
        await world.Node.ExecAsync(HaveAllPackages, Cancellation);
        if (topic != SetupTopic.Sshd)
        {
            await world.Node.ExecAsync("echo 'PasswordAuthentication no' >/etc/ssh/sshd_config.d/1.conf", Cancellation);
        }
    }
}

/// <summary>Lets one connection in, and then none, for a while: as if what is set up had locked the deployer out.</summary>
internal sealed class OneDoor(IServerConnector servers) : IServerConnector
{
    private int connections;

    public Task<IServerShell> ConnectAsync(string host, string user, CancellationToken cancellation) =>
        Interlocked.Increment(ref connections) == 1
            ? servers.ConnectAsync(host, user, cancellation)
            : throw new HostException(HostFailure.Unreachable, host, $"connect as {user}", "no way in", "");
}

using Lotse.Execution.Ports;
using Lotse.Execution.Setup;
using Lotse.Planning.Setup;
using Lotse.Testing.Servers;

namespace Lotse.Setup.Tests;

/// <summary>A server under systemd, as they are rented: what was set up is there after a boot.</summary>
public sealed class BootedServerTests
{
    // The server's own sleep: nobody listens on the port, so that it is refused where packets get through.
    private const string Publish =
        "set -e; root=$(mktemp -d); for f in /bin/sleep $(ldd /bin/sleep | grep -o '/[^ ]*'); "
        + "do cp -L --parents $f $root; done; tar -C $root -c . | docker import - tools >/dev/null; "
        + "docker run -d --name app --restart always -p 80:9 -p 8080:9 tools /bin/sleep 3600";

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_set_up_is_there_after_a_boot()
    {
        await using var world = await SetupWorld.StartAsync(1, ServerKind.Booted, Cancellation);
        var report = await world.RunAsync(Cancellation);
        Assert.Empty(Assert.Single(report.Servers).Notices);
        await world.Node.ExecAsync(Publish, Cancellation);
        await AssertClosedAsync(world);

        // Debian's own firewall service removes all rules when it starts.
        await world.Node.ExecAsync("systemctl restart nftables && systemctl restart docker", Cancellation);
        await AssertClosedAsync(world);
        await world.Node.ExecAsync("systemctl reload nftables && systemctl restart docker", Cancellation);
        await AssertClosedAsync(world);
        await world.Node.ExecAsync(
            "systemctl stop nftables && systemctl start nftables && systemctl restart docker",
            Cancellation
        );
        await AssertClosedAsync(world);

        await world.Node.KillAsync(Cancellation);
        await world.Node.RestartAsync(Cancellation);
        await WaitForAsync(world, "docker ps --format '{{.Names}}' | grep -qx app");
        await AssertClosedAsync(world);
        Assert.False((await world.RunAsync(Cancellation)).HasChanges);

        await SettingsThatTheEngineRefusesAreTakenBackAsync(world);
        await RulesThatLockOutAreTakenBackAsync(world);
        await AFirewallThatIsNotWantedAnyMoreIsRemovedAsync(world);
    }

    /// <summary>What a flag says already must not stand in the file as well (dockerd's own rule).</summary>
    private static async Task SettingsThatTheEngineRefusesAreTakenBackAsync(SetupWorld world)
    {
        const string Drop = "/etc/systemd/system/docker.service.d";
        const string Before = """{"live-restore": true}""";
        await world.Node.ExecAsync(
            $"set -e; echo '{Before}' >/etc/docker/daemon.json; mkdir -p {Drop}; printf '%s\n' '[Service]' 'ExecStart=' "
                + $"'ExecStart=/usr/sbin/dockerd -H fd:// --log-opt max-size=5m' >{Drop}/test.conf; "
                + "systemctl daemon-reload; systemctl restart docker",
            Cancellation
        );
        var started = await world.Node.ExecAsync("docker inspect -f '{{.State.StartedAt}}' app", Cancellation);

        var failed = await Assert.ThrowsAsync<SetupFailedException>(() => world.RunAsync(Cancellation));

        Assert.Contains("daemon.json is again what it was", failed.Message, StringComparison.Ordinal);
        Assert.Equal(Before, await world.Node.ExecAsync("cat /etc/docker/daemon.json", Cancellation));
        Assert.Equal(started, await world.Node.ExecAsync("docker inspect -f '{{.State.StartedAt}}' app", Cancellation));

        // An engine whose containers run and that does not keep them learns to, and they stay.
        await world.Node.ExecAsync(
            $"set -e; rm -r {Drop}; rm /etc/docker/daemon.json; systemctl daemon-reload; systemctl restart docker",
            Cancellation
        );
        await WaitForAsync(world, "docker ps --format '{{.Names}}' | grep -qx app");
        started = await world.Node.ExecAsync("docker inspect -f '{{.State.StartedAt}}' app", Cancellation);
        var report = await world.RunAsync(Cancellation);
        Assert.Equal([SetupTopic.EngineSettings], report.Servers[0].Plan.Changes.Select(c => c.Topic));
        Assert.Equal(started, await world.Node.ExecAsync("docker inspect -f '{{.State.StartedAt}}' app", Cancellation));
    }

    private static async Task AFirewallThatIsNotWantedAnyMoreIsRemovedAsync(SetupWorld world)
    {
        world.Settings = world.Settings with { HasFirewall = false };
        var report = await world.RunAsync(Cancellation);
        Assert.Equal([SetupTopic.Firewall], report.Servers[0].Plan.Changes.Select(c => c.Topic));
        Assert.Equal(PortAnswer.Refused, await world.ProbeAsync(8080, Cancellation));
        var left = await world.Node.TryExecAsync("systemctl is-enabled lotse-firewall; ls /etc/lotse/*", Cancellation);
        Assert.Equal("", left.Output);
    }

    private static async Task RulesThatLockOutAreTakenBackAsync(SetupWorld world)
    {
        await world.Node.ExecAsync("nft delete table inet lotse", Cancellation);
        world.Settings = world.Settings with { DeployUser = null };
        var setup = world.Setup(new OneDoor(world.Servers), TimeSpan.FromSeconds(2));
        await Assert.ThrowsAsync<SetupFailedException>(() => SetupWorld.RunAsync(setup, Cancellation));
        await WaitForAsync(world, "! nft list table inet lotse 2>/dev/null");
        Assert.Equal(PortAnswer.Refused, await world.ProbeAsync(8080, Cancellation));

        var report = await world.RunAsync(Cancellation);
        Assert.Equal([SetupTopic.Firewall], report.Servers[0].Plan.Changes.Select(c => c.Topic));
        await AssertClosedAsync(world);
    }

    private static async Task AssertClosedAsync(SetupWorld world)
    {
        Assert.Equal(PortAnswer.Refused, await world.ProbeAsync(80, Cancellation));
        await world.AssertSilentAsync(8080, Cancellation);
    }

    private static async Task WaitForAsync(SetupWorld world, string condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(Soon);
        while ((await world.Node.TryExecAsync(condition, limit.Token)).ExitCode != 0) { }
    }
}

using System.Collections.Immutable;
using Lotse.Execution;
using Lotse.Execution.Leases;
using Lotse.Execution.Ports;
using Lotse.Hosts.Local;
using Lotse.Planning.Setup;
using Lotse.Testing.Servers;

namespace Lotse.Setup.Tests;

/// <summary>Two bare servers are set up for real: packages, engine, user, sshd, firewall.</summary>
public sealed class BareServerTests
{
    // The server's own bash and sleep with their libraries: no image can be pulled.
    private const string MakeImage =
        "set -e; root=$(mktemp -d); for f in /bin/bash /bin/sleep /usr/bin/timeout "
        + "$(ldd /bin/bash /bin/sleep /usr/bin/timeout | grep -o '/[^ ]*' | grep -v ':$' | sort -u); "
        + "do cp -L --parents $f $root; done; tar -C $root -c . | docker import - tools >/dev/null";

    // A second sshd: no other program of a bare server listens.
    private const int HostProcess = 9001;
    private const int Idle = 9999;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_bare_fleet_is_set_up_and_a_second_run_finds_nothing_to_do()
    {
        await using var world = await SetupWorld.StartAsync(2, ServerKind.Bare, Cancellation);
        var fleetPorts = ImmutableDictionary<string, ImmutableArray<OpenPort>>.Empty;
        world.Settings = world.Settings with { FleetPorts = fleetPorts.Add(world.Node.Address, [new(5432)]) };

        await PreviewChangesNothingAsync(world);
        await world.Node.ExecAsync(Obstacles.HoldLists, Cancellation);
        await world.Nodes[1].ExecAsync(Obstacles.CutOffInstallation, Cancellation);
        var first = await world.RunAsync(Cancellation);
        Assert.All(first.Servers, s => Assert.Contains(s.Plan.Changes, c => c.Topic == SetupTopic.Firewall));
        Assert.All(
            first.Servers,
            s => Assert.DoesNotContain(s.Notices, n => n.Contains("prove", StringComparison.Ordinal))
        );
        Assert.Equal(world.Nodes.Select(n => n.Address), world.EngineInstalled);

        var second = await world.RunAsync(Cancellation);
        Assert.False(second.HasChanges, string.Join('\n', second.Servers.SelectMany(s => s.Plan.Changes)));
        Assert.Equal(2, world.EngineInstalled.Count);

        await TheDeployUserReachesTheEngineAsync(world);
        await PasswordsAreRefusedAsync(world);
        await AnotherConfigurationSharesTheServersAsync(world);
        await TheFirewallHoldsAsync(world);
        await DriftIsMendedAsync(world);
    }

    private static async Task PreviewChangesNothingAsync(SetupWorld world)
    {
        const string Files =
            "find /etc /var/lib/dpkg /home -newermt @$(stat -c %Y /proc/1) -type f | sort | xargs -r sha256sum";
        var before = await world.Node.ExecAsync(Files, Cancellation);
        var report = await world.Setup().PreviewAsync(Cancellation);
        Assert.True(report.HasChanges);
        Assert.Equal(before, await world.Node.ExecAsync(Files, Cancellation));
        Assert.NotEqual(0, (await world.Node.TryExecAsync("command -v docker", Cancellation)).ExitCode);
    }

    private static async Task TheDeployUserReachesTheEngineAsync(SetupWorld world)
    {
        await using var shell = await world.Servers.ConnectAsync(
            world.Node.Address,
            SetupWorld.DeployUser,
            Cancellation
        );
        var answer = await shell.RunAsync(
            "try",
            "docker ps -q && sudo -n true",
            TimeSpan.FromSeconds(20),
            Cancellation
        );
        Assert.NotEqual(0, answer.ExitCode);
        Assert.Contains("sudo", answer.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("docker", answer.Error, StringComparison.Ordinal);
    }

    private static async Task PasswordsAreRefusedAsync(SetupWorld world) =>
        Assert.Equal(
            "passwordauthentication no",
            await world.Node.ExecAsync("sshd -T | grep ^passwordauthentication", Cancellation)
        );

    /// <summary>It needs other ports, and what is tried afterwards is what the first one needs.</summary>
    private static async Task AnotherConfigurationSharesTheServersAsync(SetupWorld world)
    {
        var own = world.Settings;
        world.Settings = own with
        {
            Name = "jobs",
            OpenPorts = [],
            FleetPorts = ImmutableDictionary<string, ImmutableArray<OpenPort>>.Empty,
        };
        var report = await world.RunAsync(Cancellation);
        Assert.All(report.Servers, s => Assert.Equal([SetupTopic.Firewall], s.Plan.Changes.Select(c => c.Topic)));
        Assert.Contains(report.Servers[0].Notices, n => n.Contains("lotse (80, 443, 5432 to its fleet)"));
        Assert.DoesNotContain(report.Servers[0].Notices, n => n.Contains("another one stands between"));
        world.Settings = own;
        Assert.False((await world.RunAsync(Cancellation)).HasChanges);
    }

    private static async Task TheFirewallHoldsAsync(SetupWorld world)
    {
        var (node, other) = (world.Node, world.Nodes[1]);
        await node.ExecAsync(MakeImage, Cancellation);
        await node.ExecAsync(
            "docker run -d --name app --restart always -p 80:9 -p 443:9 -p 8080:9 -p 5432:9 tools /bin/sleep 3600 && "
                + $"/usr/sbin/sshd -p {HostProcess} -o PidFile=none",
            Cancellation
        );
        Assert.Equal(
            "json-file map[max-file:3 max-size:10m]",
            await node.ExecAsync(
                "docker inspect -f '{{.HostConfig.LogConfig.Type}} {{.HostConfig.LogConfig.Config}}' app",
                Cancellation
            )
        );
        await AssertOutsideAsync(world);
        var outside = new PortView(other, node.Address);
        Assert.Equal(PortView.Refused, await outside.TryAsync(5432, Cancellation));
        await AssertSilentAsync(outside);

        // Containers reach the world, each other, and what the server itself publishes.
        const string InContainer = "docker run --rm tools";
        Assert.Equal(PortView.Open, await new PortView(node, other.Address, InContainer).TryAsync(22, Cancellation));
        var app = await AppAddressAsync(world);
        Assert.Equal(PortView.Refused, await new PortView(node, app, InContainer).TryAsync(9, Cancellation));
        var published = await new PortView(node, node.Address, InContainer).TryAsync(8080, Cancellation);
        Assert.NotEqual(PortView.Silent, published);

        await IPv6IsKeptOutTooAsync(node, other);

        // The engine writes its own rules anew.
        await node.StopEngineAsync(Cancellation);
        await node.StartEngineAsync(Cancellation);
        await AssertOutsideAsync(world);
    }

    private static async Task IPv6IsKeptOutTooAsync(NestedServer node, NestedServer other)
    {
        const string Enable =
            "sysctl -qw net.ipv6.conf.eth0.disable_ipv6=0; n=0; "
            + "until ip -6 -o addr show dev eth0 scope link -tentative | grep -o 'fe80[^/]*'; "
            + "do n=$((n+1)); [ $n -lt 200 ]; sleep 0.05; done";
        await other.ExecAsync($"set -e; {Enable}", Cancellation);
        var address = await node.ExecAsync($"set -e; {Enable}", Cancellation) + "%eth0";
        var outside = new PortView(other, address);
        await AssertSilentAsync(outside);
        Assert.NotEqual(PortView.Silent, await outside.TryAsync(80, Cancellation));
    }

    /// <summary>What a container publishes, what a process of the server listens on, and what nobody does.</summary>
    private static async Task AssertSilentAsync(PortView outside)
    {
        int[] ports = [8080, HostProcess, Idle];
        await Task.WhenAll(ports.Select(p => outside.AssertSilentAsync(p, NestedServer.SshPort, Cancellation)));
    }

    private static async Task AssertOutsideAsync(SetupWorld world)
    {
        Assert.Equal(PortAnswer.Open, await world.ProbeAsync(22, Cancellation));
        Assert.Equal(PortAnswer.Refused, await world.ProbeAsync(80, Cancellation));
        Assert.Equal(PortAnswer.Refused, await world.ProbeAsync(443, Cancellation));
        int[] silent = [8080, 5432, HostProcess, Idle];
        await Task.WhenAll(silent.Select(p => world.AssertSilentAsync(p, Cancellation)));

        // Whoever shares the network might send to the container itself.
        var app = await AppAddressAsync(world);
        var other = world.Nodes[1];
        await other.ExecAsync($"ip route replace {app} via {world.Node.Address}", Cancellation);
        Assert.Equal(PortView.Open, await new PortView(other, world.Node.Address).TryAsync(22, Cancellation));
        Assert.Equal(PortView.Silent, await new PortView(other, app).TryAsync(9, Cancellation));
        Assert.Equal(PortView.Open, await new PortView(other, world.Node.Address).TryAsync(22, Cancellation));
    }

    /// <summary>Another set-up, or a deploy of the same service and destination.</summary>
    private static async Task NothingIsChangedWhileSomebodyElseIsAtItAsync(SetupWorld world, string folder)
    {
        await using var shell = await world.Servers.ConnectAsync(world.Node.Address, "root", Cancellation);
        await using var lease = await Lease.AcquireAsync(
            shell.Host,
            shell.Store(folder),
            new LeaseRequest("other", "rival@there", "deploy 2"),
            null,
            new LocalProcesses(),
            TimeProvider.System,
            Cancellation
        );
        var refused = await Assert.ThrowsAsync<UserException>(() => world.RunAsync(Cancellation));
        Assert.Contains("rival@there", refused.Message, StringComparison.Ordinal);
        Assert.NotEqual(0, (await world.Node.TryExecAsync("nft list table inet lotse", Cancellation)).ExitCode);
        // It does not wait for it to run out either.
        Assert.Contains("rival@there", await world.Node.ExecAsync($"cat {folder}/lease.json", Cancellation));
    }

    private static Task<string> AppAddressAsync(SetupWorld world) =>
        world.Node.ExecAsync("docker inspect -f '{{.NetworkSettings.IPAddress}}' app", Cancellation);

    private static async Task DriftIsMendedAsync(SetupWorld world)
    {
        await world.Node.ExecAsync("nft delete table inet lotse && gpasswd -d deploy docker", Cancellation);
        // What was silent answers now: it was the firewall.
        Assert.Equal(PortAnswer.Refused, await world.ProbeAsync(8080, Cancellation));
        Assert.Equal(PortAnswer.Refused, await world.ProbeAsync(5432, Cancellation));
        Assert.Equal(PortAnswer.Open, await world.ProbeAsync(HostProcess, Cancellation));
        Assert.Equal(PortAnswer.Refused, await world.ProbeAsync(Idle, Cancellation));
        await NothingIsChangedWhileSomebodyElseIsAtItAsync(world, "/run/lotse/setup");
        await NothingIsChangedWhileSomebodyElseIsAtItAsync(world, $"/var/lib/lotse/{world.Settings.Name}");
        var report = await world.RunAsync(Cancellation);
        Assert.Equal([SetupTopic.DeployUser, SetupTopic.Firewall], report.Servers[0].Plan.Changes.Select(c => c.Topic));
        Assert.Empty(report.Servers[1].Plan.Changes);
        int[] silent = [8080, HostProcess];
        await Task.WhenAll(silent.Select(p => world.AssertSilentAsync(p, Cancellation)));
        Assert.Equal("app", await world.Node.ExecAsync("docker ps --format '{{.Names}}'", Cancellation));
    }
}

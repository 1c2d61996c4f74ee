using Docker.DotNet.Models;
using Lotse.Testing.Servers;
using Renci.SshNet.Common;

namespace Lotse.Testing.Tests.Servers;

public sealed class NestedServerTests(FleetFixture fixture) : IClassFixture<FleetFixture>
{
    // A program of the server's own and the libraries that it loads: no image can be pulled.
    private const string MakeImage =
        "set -e; program=$(readlink -f /usr/bin/echo); "
        + "libraries=$(ldd $program | grep -o '/[^ ]*' | sort -u); "
        + "tar -ch $program $libraries 2>/dev/null | docker import - local/echo >/dev/null; ";

    private static readonly TimeSpan NoAnswerLimit = TimeSpan.FromSeconds(2);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_container_runs_on_it_over_SSH_with_the_fleets_key()
    {
        var fleet = await fixture.StartAsync(Token);
        using var client = await Login.ConnectAsync(fleet, fleet.Servers[0], Token);

        var said = Login.Run(client, MakeImage + "docker run --rm -p 127.0.0.1::80 local/echo $program said inside");

        Assert.Equal("said inside", said);
        Assert.Equal("server1", Login.Run(client, "hostname"));
    }

    [Fact]
    public async Task Each_has_keys_of_its_own_that_known_hosts_lists()
    {
        var fleet = await fixture.StartAsync(Token);

        var lines = await File.ReadAllLinesAsync(fleet.KnownHostsPath, Token);

        Assert.Equal(lines.Length, fleet.Servers.SelectMany(s => s.HostKeys).Distinct().Count());
        Assert.All(fleet.Servers, s => Assert.Contains(lines, l => l.StartsWith($"{s.Address} ssh-ed25519 ")));
        using var client = await Login.ConnectAsync(fleet, fleet.Servers[1], Token);
        var shown = Login.Run(client, "ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub");
        var key = Assert.Single(fleet.Servers[1].HostKeys, k => k.Type == "ssh-ed25519");
        Assert.Equal(key.Fingerprint, shown.Split(' ')[1]);
    }

    [Fact]
    public async Task It_keeps_images_in_the_classic_store_and_the_other_kind_in_containerd()
    {
        const string store = "docker info --format '{{.Driver}} {{.DriverStatus}}'";
        var fleet = await fixture.StartAsync(Token);
        var options = new ServerOptions { Kind = ServerKind.ContainerdStore };
        await using var other = await ServerFleet.StartAsync(fixture.Engine, 1, options, Token);

        Assert.StartsWith("overlay2 ", await fleet.Servers[0].ExecAsync(store, Token));
        Assert.Contains("io.containerd.snapshotter.v1", await other.Servers[0].ExecAsync(store, Token));
    }

    [Fact]
    [AllOnly(
        "LostServerTests of Lotse.Servers.Tests: a server that is killed there must be gone, and serve again under its address when it is revived"
    )]
    public async Task After_a_power_cut_it_is_there_again_under_the_same_address_with_what_it_had()
    {
        var fleet = await fixture.StartAsync(Token);
        var server = fleet.Servers[1];
        await server.ExecAsync("docker volume create kept", Token);

        await server.KillAsync(Token);
        await AssertUnreachableAsync(fleet, server);
        await server.RestartAsync(Token);

        using var client = await Login.ConnectAsync(fleet, server, Token);
        Assert.Equal("kept", Login.Run(client, "docker volume ls --quiet"));
    }

    [Fact]
    [AllOnly(
        "LostServerTests of Lotse.Servers.Tests: a server that is cut off there must be gone, and serve again under its address when it is revived"
    )]
    public async Task Cut_off_it_answers_nobody_until_it_is_connected_again()
    {
        var fleet = await fixture.StartAsync(Token);
        var server = fleet.Servers[1];

        await server.DisconnectAsync(Token);
        await AssertUnreachableAsync(fleet, server);
        await server.ReconnectAsync(Token);

        using var client = await Login.ConnectAsync(fleet, server, Token);
        Assert.Equal("server2", Login.Run(client, "hostname"));
    }

    [Fact]
    [AllOnly(
        "BareServerTests.A_bare_fleet… of Lotse.Setup.Tests: it stops a server's engine and starts it, and its container is there again"
    )]
    public async Task Its_engine_stops_and_starts()
    {
        var server = (await fixture.StartAsync(Token)).Servers[0];

        await server.StopEngineAsync(Token);
        Assert.NotEqual(0, (await server.TryExecAsync("docker version", Token)).ExitCode);
        await server.StartEngineAsync(Token);

        Assert.Equal(0, (await server.TryExecAsync("docker version", Token)).ExitCode);
    }

    [Fact]
    public async Task What_crosses_its_interface_is_counted()
    {
        const int bytes = 1_000_000;
        var fleet = await fixture.StartAsync(Token);
        using var client = await Login.ConnectAsync(fleet, fleet.Servers[0], Token);
        var before = await fleet.Servers[0].ReadInterfaceBytesAsync(Token);

        Login.Run(client, $"head -c {bytes} /dev/zero | tr '\\0' x");

        var crossed = (await fleet.Servers[0].ReadInterfaceBytesAsync(Token)).Since(before);
        Assert.InRange(crossed.Sent, bytes, bytes + bytes / 10);
        Assert.InRange(crossed.Received, 1, bytes / 10);
    }

    [Fact]
    [AllOnly(
        "DiskTests of Lotse.Servers.Tests: a deploy fails there on a disk that was filled, and is well on one with room"
    )]
    public async Task Its_disk_can_be_filled_and_freed()
    {
        const long size = 300_000_000;
        const string write = "head -c 20000000 /dev/zero > /var/lib/docker/file";
        await fixture.Engine.RequireAsync(Token);
        var options = new ServerOptions { DiskBytes = size };
        await using var fleet = await ServerFleet.StartAsync(fixture.Engine, 1, options, Token);
        var server = fleet.Servers[0];

        await server.FillDiskAsync(10_000_000, Token);
        Assert.NotEqual(0, (await server.TryExecAsync(write, Token)).ExitCode);
        await server.FreeDiskAsync(Token);

        Assert.Equal(0, (await server.TryExecAsync(write, Token)).ExitCode);
    }

    [Fact]
    [AllOnly(
        "BareServerTests.A_bare_fleet… of Lotse.Setup.Tests: it finds no docker on such servers, and installs packages on them"
    )]
    public async Task A_bare_one_has_no_engine_and_installs_packages()
    {
        var options = new ServerOptions { Kind = ServerKind.Bare };
        await using var fleet = await ServerFleet.StartAsync(fixture.Engine, 1, options, Token);
        using var client = await Login.ConnectAsync(fleet, fleet.Servers[0], Token);

        Assert.Equal("none", Login.Run(client, "command -v docker nft || echo none"));
        Login.Run(client, "apt-get -qq update && apt-get -qq install -y --no-install-recommends nftables");

        Assert.Equal("/usr/sbin/nft", Login.Run(client, "command -v nft"));
    }

    [Fact]
    public async Task A_fleet_leaves_nothing()
    {
        await fixture.Engine.RequireAsync(Token);
        var fleet = await ServerFleet.StartAsync(fixture.Engine, 1, new ServerOptions(), Token);
        var server = fleet.Servers[0];
        var volumes = (await server.Container.InspectAsync(Token)).Mounts.Where(m => m.Type == "volume").ToList();
        Assert.NotEmpty(volumes);

        await fleet.DisposeAsync();

        var client = fixture.Engine.Client;
        var all = await client.Containers.ListContainersAsync(new ContainersListParameters { All = true }, Token);
        Assert.DoesNotContain(all, c => c.ID == server.Container.Id);
        var networks = await client.Networks.ListNetworksAsync(cancellationToken: Token);
        Assert.DoesNotContain(networks, n => n.Name == fleet.Network);
        var left = (await client.Volumes.ListAsync(Token)).Volumes ?? [];
        Assert.DoesNotContain(left, v => volumes.Any(gone => gone.Name == v.Name));
        Assert.False(File.Exists(fleet.KeyPath));
    }

    private static async Task AssertUnreachableAsync(ServerFleet fleet, NestedServer server) =>
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            using var client = await Login.ConnectAsync(fleet, server, Token, NoAnswerLimit);
        });
}

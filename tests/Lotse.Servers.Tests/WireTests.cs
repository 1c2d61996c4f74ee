using Lotse.EndToEnd.Host;
using Lotse.Testing.Servers;

namespace Lotse.Servers.Tests;

/// <summary>What crosses the wire to a server.</summary>
[Collection(SharedServers.OneByOne)]
public sealed class WireTests(SharedServers shared)
{
    private const long Slack = 64 << 10;

    [Theory]
    [InlineData(ServerKind.Server)]
    [InlineData(ServerKind.ContainerdStore)]
    public async Task A_change_of_code_sends_the_changed_layer_and_no_more(ServerKind kind)
    {
        await using var own = kind == ServerKind.Server ? null : await StartAsync(new ServerOptions { Kind = kind });
        await using var world = own is null
            ? await shared.CreateAsync(1, Token)
            : await shared.CreateAsync(own, 1, Token);
        await Payload.ChangeAsync(world, seed: 1);
        await world.DeployAsync("v1");
        await Payload.ChangeAsync(world, seed: 2);
        var before = await world.Servers[0].ReadInterfaceBytesAsync(Token);

        await world.DeployAsync("v2");

        var crossed = (await world.Servers[0].ReadInterfaceBytesAsync(Token)).Since(before);
        var layer = await Payload.SizeOfLayerAsync(world, "v2");
        TestContext.Current.TestOutputHelper?.WriteLine($"{layer} bytes of layer, {crossed}");
        Assert.InRange(layer, Payload.Bytes, Payload.Bytes + Payload.Bytes / 10);
        Assert.InRange(crossed.Received, layer, layer + layer / 20 + Slack);
        await world.AssertAtRestAsync("v2");
    }

    [Fact]
    public async Task What_waits_for_the_network_is_the_same_however_far_the_server_is()
    {
        await using var world = await shared.CreateAsync(1, Token);
        await world.DeployAsync("v1");
        var here = await RoundTripsOfAsync(world, "v2", seed: 4, TimeSpan.Zero);

        var there = await RoundTripsOfAsync(world, "v3", seed: 5, TimeSpan.FromMilliseconds(25));

        TestContext.Current.TestOutputHelper?.WriteLine($"near {here}, far {there}");
        Assert.InRange(there.RoundTrips, 1, MostRoundTrips);
    }

    // Turns of the conversation, many of them beside each other; about 55 were seen. A rollout polls nothing over the wire, so that distance adds none.
    private const long MostRoundTrips = 100;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Task<ServerFleet> StartAsync(ServerOptions options) =>
        ServerFleet.StartAsync(shared.Engine, 1, options, Token);

    private static async Task<RelayTraffic> RoundTripsOfAsync(
        FleetWorld world,
        string version,
        int seed,
        TimeSpan oneWay
    )
    {
        var server = world.Servers[0];
        await using var relay = DelayingRelay.Start(server.Address, NestedServer.SshPort, oneWay, TimeProvider.System);
        var pins = Path.Combine(world.Spec.ProjectFolder, "config", "known_hosts");
        var lines = server.HostKeys.Select(key => key.KnownHostsLine($"[127.0.0.1]:{relay.Port}"));
        await File.AppendAllLinesAsync(pins, lines, Token);
        await world.BeginAnewAsync(spec => spec with { Servers = ["127.0.0.1"], SshPort = relay.Port });
        await Payload.ChangeAsync(world, seed);
        await world.DeployAsync(version);
        await world.BeginAnewAsync();
        await world.AssertAtRestAsync(version);
        return relay.Traffic;
    }
}

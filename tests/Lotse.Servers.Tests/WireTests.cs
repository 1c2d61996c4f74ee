using Lotse.EndToEnd.Host;
using Lotse.Testing.Servers;

namespace Lotse.Servers.Tests;

/// <summary>What crosses the wire to a server.</summary>
public sealed class WireTests(SharedServers shared)
{
    private const long Slack = 64 << 10;
    private const int Small = 64 << 10;

    /// <summary>The files of the program beside its payload, packed.</summary>
    private const int Compression = 64 << 10;

    /// <summary>Answers, and the acknowledgements of what is received.</summary>
    private const long MostAnswered = 256 << 10;

    /// <summary>As an archive, as one whose layer is as small as a change of code is, and through the tunnel.</summary>
    [Theory]
    [RepresentedBy("the classic store, because ForwardingTests try the containerd one in the small run")]
    [InlineData(ServerKind.Server)]
    [AllOnlyData(ServerKind.ContainerdStore)]
    public async Task A_change_of_code_sends_the_changed_layer_and_no_more(ServerKind kind)
    {
        await using var own = kind == ServerKind.Server ? null : await StartAsync(new ServerOptions { Kind = kind });
        await using var world = own is null
            ? await shared.CreateAsync(1, Token)
            : await shared.CreateAsync(own, 1, Token);
        await Payload.ChangeAsync(world, seed: 1);
        await world.DeployAsync("v1");
        await Routes.TakeAsync(world, Route.Archive);
        await AssertSendsTheLayerAsync(world, "v2", Payload.Bytes, Route.Archive);
        // Of so small a layer the handshake alone would be most of what may come on top: it was made before.
        await AssertSendsTheLayerAsync(world, "v3", Small, Route.Archive);
        await Routes.TakeAsync(world, Route.Tunnel);
        await AssertSendsTheLayerAsync(world, "v4", Payload.Bytes, Route.Tunnel);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Of a run that begins without a connection, what it takes to make one counts, too.</summary>
    private static async Task AssertSendsTheLayerAsync(FleetWorld world, string version, int size, Route route)
    {
        await Payload.ChangeAsync(world, seed: version[^1], size);
        var before = await world.Servers[0].ReadInterfaceBytesAsync(Token);

        await world.DeployAsync(version);

        var crossed = (await world.Servers[0].ReadInterfaceBytesAsync(Token)).Since(before);
        var layer = await Payload.SizeOfLayerAsync(world, version);
        TestContext.Current.TestOutputHelper?.WriteLine($"{version} by {route}: {layer} bytes of layer, {crossed}");
        Assert.InRange(layer, size, size + size / 10 + Compression);
        Assert.InRange(crossed.Received, layer, layer + layer / 20 + Slack);
        Assert.InRange(crossed.Sent, 0, MostAnswered);
        await Routes.AssertTakenAsync(world.Servers[0], route);
        await world.AssertAtRestAsync(version);
    }

    private Task<ServerFleet> StartAsync(ServerOptions options) =>
        ServerFleet.StartAsync(shared.Engine, 1, options, Token);
}

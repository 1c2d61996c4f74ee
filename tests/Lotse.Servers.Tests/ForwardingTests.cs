using Lotse.Execution.Ports;
using Lotse.Execution.Reporting;
using Lotse.Planning.Steps;
using Lotse.Testing.Servers;

namespace Lotse.Servers.Tests;

/// <summary>Servers that forbid the tunnel through which others pull images.</summary>
public sealed class ForwardingTests(SharedServers shared)
{
    private const long Slack = 64 << 10;

    [Theory]
    [RepresentedBy(
        "the containerd store, which new engines have and WireTests do not try in the small run; it takes archives by a way of its own"
    )]
    [InlineData(ServerKind.ContainerdStore)]
    [AllOnlyData(ServerKind.Server)]
    public async Task Where_it_is_forbidden_a_change_of_code_sends_the_changed_layer_and_no_more(ServerKind kind)
    {
        await using var own = await StartAsync(kind);
        await own.Servers[0].SetSshAsync("AllowTcpForwarding no", Token);
        await using var world = await shared.CreateAsync(own, 1, Token);
        await Payload.ChangeAsync(world, seed: 1);
        await world.DeployAsync("v1");
        await Payload.ChangeAsync(world, seed: 2);
        // Not as a small change, which goes as an archive to all: as what would be pulled, if it could be.
        await Routes.TakeAsync(world, Route.Tunnel);
        var before = await world.Servers[0].ReadInterfaceBytesAsync(Token);

        await world.DeployAsync("v2");

        var crossed = (await world.Servers[0].ReadInterfaceBytesAsync(Token)).Since(before);
        var layer = await Payload.SizeOfLayerAsync(world, "v2");
        TestContext.Current.TestOutputHelper?.WriteLine($"{layer} bytes of layer, {crossed}");
        Assert.InRange(crossed.Received, layer, layer + layer / 20 + Slack);
        Assert.Equal((layer, layer), LastProgress(world, layer));
        await Routes.AssertTakenAsync(world.Servers[0], Route.Archive);
        await world.AssertAtRestAsync("v2");
        await world.RollBackAsync(new("v1"));
        await world.AssertAtRestAsync("v1");
    }

    [Theory]
    [RepresentedBy("all forwarding, as hardening guides ask for it: to a deployer both are a tunnel that is refused")]
    [InlineData("DisableForwarding yes")]
    [AllOnlyData("PermitListen none")]
    public async Task A_fleet_may_forbid_it_on_one_server_and_allow_it_on_another(string settings)
    {
        await using var world = await shared.CreateAsync(2, Token);
        var (forbidding, allowing) = (world.Servers[0], world.Servers[1]);
        await forbidding.SetSshAsync(settings, Token);
        try
        {
            await world.DeployAsync("v1");
            await using var load = await world.LoadAsync();
            await load.WaitForVersionAsync("v1");

            await world.DeployAsync("v2");
            await load.WaitForVersionAsync("v2");

            await load.AssertNothingFailedAsync("v1", "v2");
            await world.AssertAtRestAsync("v2");
            Assert.Contains(RemarksOn(world, forbidding), t => t.Contains("AllowTcpForwarding remote"));
            Assert.DoesNotContain(RemarksOn(world, allowing), t => t.Contains("AllowTcpForwarding"));
        }
        finally
        {
            await forbidding.SetSshAsync(null, CancellationToken.None);
        }
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Task<ServerFleet> StartAsync(ServerKind kind) =>
        ServerFleet.StartAsync(shared.Engine, 1, new ServerOptions { Kind = kind }, Token);

    private static List<string> RemarksOn(FleetWorld world, NestedServer server) =>
        [.. world.Deployer.Observer.Events.OfType<Remark>().Where(r => r.Host == server.Address).Select(r => r.Text)];

    private static (long Current, long Total) LastProgress(FleetWorld world, long size) =>
        world
            .Deployer.Observer.Events.OfType<LayerMoved>()
            .Where(m => m.Step is PullImage && m.Layer.Total == size)
            .Select(m => (m.Layer.Current, m.Layer.Total))
            .LastOrDefault();
}

using Lotse.EndToEnd.Host;
using Lotse.Execution.Rollouts;
using Lotse.Testing.Servers;

namespace Lotse.Servers.Tests;

/// <summary>A server's engine ends, and all containers with it, and comes back, as at an update or a reboot.</summary>
public sealed class EngineRestartTests(SharedServers shared)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_served_serves_again_without_a_deploy()
    {
        await using var world = await shared.CreateAsync(1, Token);
        await world.DeployAsync("v1");

        await RestartEngineAsync(world.Servers[0]);

        await ServesAsync(world, world.Servers[0], "v1");
        await world.BeginAnewAsync();
        Assert.True((await world.DeployAsync("v1")).IsUpToDate);
    }

    [Fact]
    [AllOnly(
        "EngineRestartTests.What_served_serves_again_without_a_deploy: an engine that comes back with its containers; BrokenLinkTests and HangingEngineTests take a switch back "
            + "that one of three servers did not answer"
    )]
    public async Task In_the_middle_of_a_deploy_all_serve_the_old_release_again_and_the_next_deploy_converges()
    {
        await using var world = await shared.CreateAsync(SharedServers.Size, Token);
        await world.DeployAsync("v1");
        var server = world.Servers[1];
        await using var load = await FleetWorld.LoadAsync(world.Servers.Where(s => s != server), FleetLoad.Profile);
        await load.WaitForVersionAsync("v1");
        var restarts = 0;
        world.Deployer.OnProxy = async happened =>
        {
            if (happened == new ProxyEvent(server.Address, ProxyMoment.BeforeSwitch))
            {
                await load.WaitForVersionAsync("v2");
                await RestartEngineAsync(server);
                restarts++;
            }
        };

        var failed = await Assert.ThrowsAsync<RolloutFailedException>(() => world.DeployAsync("v2"));

        TestContext.Current.TestOutputHelper?.WriteLine(failed.Message);
        Assert.Equal(1, restarts);
        Assert.Contains($"\n[{server.Address}] ", failed.Message, StringComparison.Ordinal);
        Assert.EndsWith("\nv1 serves again, on every host.", failed.Message, StringComparison.Ordinal);
        await ServesAsync(world, server, "v1");
        await world.BeginAnewAsync();
        await world.AssertAtRestAsync("v1");
        await world.DeployAsync("v2");
        await world.AssertAtRestAsync("v2");
        await load.WaitForVersionAsync("v2");
        await load.AssertNothingFailedAsync("v1", "v2", "v1", "v2");
    }

    private static async Task RestartEngineAsync(NestedServer server)
    {
        await server.StopEngineAsync(Token);
        await server.StartEngineAsync(Token);
    }

    private static async Task ServesAsync(FleetWorld world, NestedServer server, string version)
    {
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, Token);
        while (await AskAsync(world, server) != version)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, either.Token);
        }
    }

    private static async Task<string?> AskAsync(FleetWorld world, NestedServer server)
    {
        try
        {
            return await world.VersionAsync(server);
        }
        catch (HttpRequestException)
        {
            // The proxy is not back yet.
            return null;
        }
    }
}

using Lotse.EndToEnd.Host;
using Lotse.Execution.Rollouts;
using Lotse.Testing.Servers;

namespace Lotse.Servers.Tests;

/// <summary>A server's engine ends, and all containers with it, and comes back, as at an update or a reboot.</summary>
[Collection(SharedServers.OneByOne)]
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

        await ServesAsync(world, "v1");
        await world.BeginAnewAsync();
        Assert.True((await world.DeployAsync("v1")).IsUpToDate);
    }

    [Fact]
    public async Task In_the_middle_of_a_deploy_the_old_release_serves_again_and_the_next_deploy_converges()
    {
        await using var world = await shared.CreateAsync(1, Token);
        await world.DeployAsync("v1");
        var server = world.Servers[0];
        world.Deployer.OnProxy = happened =>
            happened.Moment == ProxyMoment.BeforeSwitch ? RestartEngineAsync(server) : Task.CompletedTask;

        await Assert.ThrowsAsync<RolloutFailedException>(() => world.DeployAsync("v2"));

        await ServesAsync(world, "v1");
        await world.BeginAnewAsync();
        await world.DeployAsync("v2");
        await world.AssertAtRestAsync("v2");
    }

    private static async Task RestartEngineAsync(NestedServer server)
    {
        await server.StopEngineAsync(Token);
        await server.StartEngineAsync(Token);
    }

    private static async Task ServesAsync(FleetWorld world, string version)
    {
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, Token);
        while (await AskAsync(world) != version)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, either.Token);
        }
    }

    private static async Task<string?> AskAsync(FleetWorld world)
    {
        try
        {
            return await world.VersionAsync(world.Servers[0]);
        }
        catch (HttpRequestException)
        {
            // The proxy is not back yet.
            return null;
        }
    }
}

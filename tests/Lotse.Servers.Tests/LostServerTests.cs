using Lotse.EndToEnd.Host;
using Lotse.Execution.Leases;
using Lotse.Execution.Rollouts;
using Lotse.Testing.Servers;

namespace Lotse.Servers.Tests;

/// <summary>
/// One of three servers dies: the others stay of one mind, what is said is true, and the next deploy
/// needs no help.
/// </summary>
[Collection(SharedServers.OneByOne)]
public sealed class LostServerTests(SharedServers shared)
{
    /// <summary>The first one is special: it is the primary.</summary>
    [Theory]
    [InlineData(ProxyMoment.BeforeStage, 1)]
    [InlineData(ProxyMoment.BeforeSwitch, 0)]
    public async Task Lost_before_all_are_switched_it_leaves_the_others_on_the_old_release(ProxyMoment moment, int lost)
    {
        await using var world = await shared.CreateAsync(SharedServers.Size, Token);
        await world.DeployAsync("v1");
        var victim = world.Servers[lost];
        var others = world.Servers.Where(s => s != victim).ToList();
        await using var load = await FleetWorld.LoadAsync(others, FleetLoad.Profile);
        await load.WaitForVersionAsync("v1");
        LoseAt(world, victim, moment);

        var failure = await Assert.ThrowsAsync<RolloutFailedException>(() => world.DeployAsync("v2"));

        await load.WaitForVersionAsync("v1");
        Assert.Contains(victim.Address, failure.Message, StringComparison.Ordinal);
        foreach (var other in others)
        {
            await world.AssertAtRestAsync(other, "v1");
            Assert.DoesNotContain($"{world.Spec.Service}-web-v2", await world.ContainersAsync(other));
        }

        await AssertNextDeployConvergesAsync(world, victim);
        await load.WaitForVersionAsync("v2");
        await load.AssertNothingFailedAsync();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static void LoseAt(FleetWorld world, NestedServer victim, ProxyMoment moment) =>
        world.Deployer.OnProxy = async happened =>
        {
            if (happened == new ProxyEvent(victim.Address, moment))
            {
                await victim.KillAsync(Token);
            }
        };

    /// <summary>
    /// The lease that could not be given back has a living holder here, this test; so it must expire, and in this
    /// deployer's time it has.
    /// </summary>
    private static async Task ComeBackAsync(FleetWorld world, NestedServer victim)
    {
        await victim.ReviveAsync(Token);
        await world.BeginAnewAsync(spec => spec with { ClockAhead = LeaseRules.Lifetime });
    }

    private static async Task AssertNextDeployConvergesAsync(FleetWorld world, NestedServer victim)
    {
        await ComeBackAsync(world, victim);
        await world.DeployAsync("v2");
        await world.AssertAtRestAsync("v2");
    }
}

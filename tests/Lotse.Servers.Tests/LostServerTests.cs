using Lotse.EndToEnd.Host;
using Lotse.Execution;
using Lotse.Execution.Leases;
using Lotse.Execution.Rollouts;
using Lotse.Testing.Servers;

namespace Lotse.Servers.Tests;

/// <summary>
/// One of three servers dies, or is cut off: the others stay of one mind, what is said is true, and the next deploy
/// needs no help.
/// </summary>
[Collection(SharedServers.OneByOne)]
public sealed class LostServerTests(SharedServers shared)
{
    /// <summary>The first one is special: it is the primary. Cut off, a server goes on serving for its own clients.</summary>
    [Theory]
    [InlineData(ProxyMoment.BeforeStage, 1, Loss.Killed)]
    [InlineData(ProxyMoment.BeforeSwitch, 0, Loss.Killed)]
    [InlineData(ProxyMoment.BeforeSwitch, 2, Loss.CutOff)]
    [InlineData(ProxyMoment.AfterSwitch, 1, Loss.Killed)]
    public async Task Lost_before_all_are_switched_it_leaves_the_others_on_the_old_release(
        ProxyMoment moment,
        int lost,
        Loss loss
    )
    {
        await using var world = await shared.CreateAsync(SharedServers.Size, Token);
        await world.DeployAsync("v1");
        var victim = world.Servers[lost];
        var others = world.Servers.Where(s => s != victim).ToList();
        await using var load = await FleetWorld.LoadAsync(others, FleetLoad.Profile);
        await load.WaitForVersionAsync("v1");
        LoseAt(world, victim, moment, loss);

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

    [Fact]
    public async Task Lost_while_it_drains_it_does_not_take_the_new_release_from_the_others()
    {
        await using var world = await shared.CreateAsync(SharedServers.Size, Token);
        await world.DeployAsync("v1");
        var victim = world.Servers[1];
        var others = world.Servers.Where(s => s != victim).ToList();
        await using var load = await FleetWorld.LoadAsync(others, FleetLoad.Profile);
        await load.WaitForVersionAsync("v1");
        LoseAt(world, victim, ProxyMoment.BeforeDrain, Loss.Killed);

        await world.DeployAsync("v2");

        await load.WaitForVersionAsync("v2");
        Assert.Contains(
            world.Deployer.Observer.Events.OfType<Execution.Reporting.Warning>(),
            warning => warning.Host == victim.Address
        );
        foreach (var other in others)
        {
            await world.AssertAtRestAsync(other, "v2");
        }

        await ComeBackAsync(world, victim);
        await world.DeployAsync("v3");
        await load.WaitForVersionAsync("v3");
        await world.AssertAtRestAsync("v3");
        await load.AssertNothingFailedAsync("v1", "v2", "v3");
    }

    [Fact]
    public async Task Lost_from_the_start_it_is_named_and_nothing_is_done()
    {
        await using var world = await shared.CreateAsync(SharedServers.Size, Token);
        await world.DeployAsync("v1");
        await world.BeginAnewAsync();
        var victim = world.Servers[1];
        await victim.KillAsync(Token);

        var problem = await Assert.ThrowsAsync<UserException>(() => world.DeployAsync("v2"));

        Assert.Contains(victim.Address, problem.Message, StringComparison.Ordinal);
        await world.AssertAtRestAsync(world.Servers[0], "v1");
        await world.AssertAtRestAsync(world.Servers[2], "v1");
        await AssertNextDeployConvergesAsync(world, victim);
    }

    public enum Loss
    {
        Killed,
        CutOff,
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static void LoseAt(FleetWorld world, NestedServer victim, ProxyMoment moment, Loss loss) =>
        world.Deployer.OnProxy = async happened =>
        {
            if (happened == new ProxyEvent(victim.Address, moment))
            {
                await (loss == Loss.Killed ? victim.KillAsync(Token) : victim.DisconnectAsync(Token));
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

using Lotse.EndToEnd.Host;
using Lotse.Execution;
using Lotse.Execution.Leases;

namespace Lotse.Servers.Tests;

/// <summary>Deployers that die, and deployers that meet.</summary>
[Collection(SharedServers.OneByOne)]
public sealed class DeployerTests(SharedServers shared)
{
    private const int Killed = 128 + 9;

    /// <summary>Somewhere in the middle: the lease is taken, and nothing is switched.</summary>
    private const int Moments = 7;

    [Fact]
    public async Task Of_two_deployers_one_works_and_the_other_is_told_who()
    {
        await using var world = await shared.CreateAsync(SharedServers.Size, Token);
        await world.DeployAsync("v1");
        await using var rival = new World(world.Spec);
        var release = new ReleaseSpec("v1") { Colour = "red" };
        await using var first = world.Deployer.Begin(release, "first@test");
        await using var second = rival.Begin(release, "second@test");
        await first.LookAsync(Token);
        await second.LookAsync(Token);
        var prepared = await first.PrepareAsync(null, Token);

        var held = await Assert.ThrowsAsync<LeaseHeldException>(() => second.PrepareAsync(null, Token));

        Assert.Equal("first@test", held.Holder.Owner);
        await first.CleanUpAsync(await first.SwitchAsync(prepared, Token), Token);
        await world.AssertAtRestAsync("v1");
    }

    [Fact]
    public async Task A_deployer_that_dies_on_another_machine_holds_the_lease_until_it_expires()
    {
        await using var world = await shared.CreateAsync(SharedServers.Size, Token);
        await world.DeployAsync("v1");
        await using var load = await world.LoadAsync();
        var died = await world.DeployInProcessAsync("v2", Moments, isElsewhere: true);
        Assert.Equal(Killed, died.ExitCode);
        await world.BeginAnewAsync();

        var problem = await Assert.ThrowsAsync<UserException>(() => world.DeployAsync("v2"));
        Assert.Contains("deployer@test", problem.Message, StringComparison.Ordinal);
        await world.BeginAnewAsync(spec => spec with { ClockAhead = LeaseRules.Lifetime });
        await world.DeployAsync("v2");

        await load.WaitForVersionAsync("v2");
        await load.AssertNothingFailedAsync("v1", "v2");
        await world.AssertAtRestAsync("v2");
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;
}

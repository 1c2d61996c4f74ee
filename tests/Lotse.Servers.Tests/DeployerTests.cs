using Lotse.EndToEnd.Host;
using Lotse.Execution;
using Lotse.Execution.Leases;

namespace Lotse.Servers.Tests;

/// <summary>Deployers that die, and deployers that meet.</summary>
[Collection(SharedServers.OneByOne)]
public sealed class DeployerTests(SharedServers shared)
{
    private const int Killed = 128 + 9;

    /// <summary>Coprime to the number of servers and of a step's moments: so each kind of step gets its turn.</summary>
    private const int Stride = 7;

    private const int MostMoments = 200;

    [Fact]
    public async Task Killed_at_any_moment_of_an_upgrade_it_is_followed_by_a_deploy_that_converges()
    {
        await using var world = await shared.CreateAsync(SharedServers.Size, Token);
        await world.DeployAsync("v0");
        await using var load = await world.LoadAsync();
        var expected = new List<string> { "v0" };
        ProcessEnd end;
        var moments = 0;
        do
        {
            Assert.True(moments < MostMoments, "A deployer that may do so much must come to its end.");
            var version = $"v{moments + 1}";
            expected.Add(version);
            end = await DieAndConvergeAsync(world, version, moments);
            await load.WaitForVersionAsync(version, 3);
            moments += Stride;
        } while (end == ProcessEnd.Killed);

        var reports = await load.AssertNothingFailedAsync();
        Assert.All(reports, report => Assert.Equal(expected, report.Versions.Distinct()));
    }

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
        var died = await world.DeployInProcessAsync("v2", Stride, isElsewhere: true);
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

    private enum ProcessEnd
    {
        Done,
        Killed,
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static async Task<ProcessEnd> DieAndConvergeAsync(FleetWorld world, string version, int moments)
    {
        var exit = await world.DeployInProcessAsync(version, moments);
        if (exit.ExitCode != Killed)
        {
            Assert.True(exit.ExitCode == 0, exit.Error);
            await world.AssertAtRestAsync(version);
            return ProcessEnd.Done;
        }

        Assert.All(await Task.WhenAll(world.Servers.Select(world.VersionAsync)), Assert.NotNull);
        await world.BeginAnewAsync();
        var found = await world.DeployAsync(version);
        // Killed when all was done, it left nothing to do: then the next deploy that has something to do closes it.
        await world.AssertAtRestAsync(version, isClosed: !found.IsUpToDate);
        return ProcessEnd.Killed;
    }
}

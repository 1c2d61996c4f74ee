using Lotse.Execution;
using Lotse.Execution.Leases;
using Lotse.Execution.Reporting;
using Lotse.Execution.Rollouts;
using Lotse.Testing.Servers;

namespace Lotse.Servers.Tests;

/// <summary>
/// One of three servers dies, or is cut off: the others stay of one mind, what is said of it and of them is true, and the next deploy
/// needs no help.
/// </summary>
public sealed class LostServerTests(SharedServers shared)
{
    /// <summary>The first one is special: it is the primary. Until the traffic moves, nobody notices anything.</summary>
    [Theory]
    [RepresentedBy(
        "killed before it is staged: of what comes before the switch the last, with a container that runs and must be cleared away later"
    )]
    [InlineData(LossMoment.Stage, 1, Loss.Killed)]
    [AllOnlyData(LossMoment.Pull, 1, Loss.Killed)]
    [AllOnlyData(LossMoment.Pull, 2, Loss.CutOff)]
    public async Task Lost_before_the_switch_it_leaves_all_on_the_old_release(LossMoment moment, int lost, Loss loss)
    {
        await using var world = await shared.CreateAsync(SharedServers.Size, Token);
        var victim = world.Servers[lost];
        await using var load = await ServeAsync(world, victim);

        var told = await FailAsync(world, victim, moment, loss);

        AssertEnds(
            told,
            $"v1 serves on, on every other host than {victim.Address}; no request was dropped there.",
            $"{victim.Address}: unknown, it cannot be reached. Its traffic was not moved: if it serves, it is v1."
        );
        await AssertOthersServeAsync(world, victim, load);
        Assert.Equal("v1", await OwnAnswerAsync(victim, loss));
        await AssertNextDeployConvergesAsync(world, victim);
        await load.WaitForVersionAsync("v2");
        await load.AssertNothingFailedAsync("v1", "v2");
    }

    /// <summary>The others have switched, and go back: they cannot know whether the lost one has.</summary>
    [Theory]
    [RepresentedBy(
        "the primary, cut off when it has switched: it serves the new release to its own clients, and nobody can ask it"
    )]
    [InlineData(LossMoment.Switched, 0, Loss.CutOff, "v2")]
    [AllOnlyData(LossMoment.Staged, 0, Loss.CutOff, "v1")]
    [AllOnlyData(LossMoment.Switch, 0, Loss.Killed, "v1")]
    [AllOnlyData(LossMoment.Switched, 1, Loss.Killed, "v2")]
    public async Task Lost_at_the_switch_the_others_go_back_and_it_is_said_what_the_lost_one_may_serve(
        LossMoment moment,
        int lost,
        Loss loss,
        string serves
    )
    {
        await using var world = await shared.CreateAsync(SharedServers.Size, Token);
        var victim = world.Servers[lost];
        await using var load = await ServeAsync(world, victim);

        var told = await FailAsync(world, victim, moment, loss);

        AssertEnds(
            told,
            $"v1 serves again, on every other host than {victim.Address}.",
            $"{victim.Address}: unknown, it cannot be reached since the switch. It may serve v2 until the next deploy."
        );
        await AssertOthersServeAsync(world, victim, load);
        Assert.Equal(serves, await OwnAnswerAsync(victim, loss));
        await AssertNextDeployConvergesAsync(world, victim);
        await load.WaitForVersionAsync("v2");
        await load.AssertNothingFailedAsync("v1", "v2", "v1", "v2");
    }

    [Theory]
    [RepresentedBy(
        "killed: it must come up again with the new release by itself, which one that is only cut off never stopped to serve"
    )]
    [InlineData(Loss.Killed)]
    [AllOnlyData(Loss.CutOff)]
    public async Task Lost_while_it_drains_it_does_not_take_the_new_release_from_the_others(Loss loss)
    {
        await using var world = await shared.CreateAsync(SharedServers.Size, Token);
        var victim = world.Servers[1];
        await using var load = await ServeAsync(world, victim);
        var losing = new Losing(world, victim, loss);
        losing.At(LossMoment.Drain);

        await world.DeployAsync("v2");

        Assert.Equal(1, losing.Count);
        await load.WaitForVersionAsync("v2");
        var warned = world.Deployer.Observer.Events.OfType<Warning>().ToList();
        Assert.Contains(warned, w => w.Host == victim.Address && w.Text.StartsWith("could not drain", Ordinal));
        Assert.All(warned, w => Assert.Equal(victim.Address, w.Host));
        await Task.WhenAll(OthersOf(world, victim).Select(other => world.AssertAtRestAsync(other, "v2")));
        Assert.Equal("v2", await OwnAnswerAsync(victim, loss));
        await AssertNextDeployConvergesAsync(world, victim);
        await load.AssertNothingFailedAsync("v1", "v2");
    }

    [Theory]
    [AllOnly(
        "StagingCommandTests.A_server_that_is_down_is_left_out_when_it_is_named_and_catches_up_with_one_command: refused at the same look, and by the person's own command"
    )]
    [InlineData(Loss.CutOff)]
    [InlineData(Loss.Killed)]
    public async Task Lost_from_the_start_it_is_named_and_nothing_is_done(Loss loss)
    {
        await using var world = await shared.CreateAsync(SharedServers.Size, Token);
        var victim = world.Servers[1];
        await using var load = await ServeAsync(world, victim);
        await world.BeginAnewAsync();
        await new Losing(world, victim, loss).LoseAsync();

        var refused = await Assert.ThrowsAsync<UserException>(() => world.DeployAsync("v2"));

        Say(refused.Message);
        foreach (var fact in (string[])[$"[{victim.Address}]", "1 of 3 host(s)", "--skip-host"])
        {
            Assert.Contains(fact, refused.Message, Ordinal);
        }

        Assert.Empty(world.Deployer.Observer.Events.OfType<StateEntered>());
        await ServingFleet.AssertNothingBuiltAsync(world, Token);
        await AssertOthersServeAsync(world, victim, load);
        Assert.Equal("v1", await OwnAnswerAsync(victim, loss));
        await victim.ReviveAsync(Token);
        await world.BeginAnewAsync();
        await world.DeployAsync("v2");
        await world.AssertAtRestAsync("v2");
        await load.WaitForVersionAsync("v2");
        await load.AssertNothingFailedAsync("v1", "v2");
    }

    private const StringComparison Ordinal = StringComparison.Ordinal;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static void Say(string text) => TestContext.Current.TestOutputHelper?.WriteLine(text);

    private static IEnumerable<NestedServer> OthersOf(FleetWorld world, NestedServer victim) =>
        world.Servers.Where(s => s != victim);

    /// <summary>Deploys v1, and puts load on the servers that will not be lost.</summary>
    private static async Task<FleetLoad> ServeAsync(FleetWorld world, NestedServer victim)
    {
        await world.DeployAsync("v1");
        var load = await FleetWorld.LoadAsync(OthersOf(world, victim), FleetLoad.Profile);
        await load.WaitForVersionAsync("v1");
        return load;
    }

    /// <summary>What a person reads when a server is lost.</summary>
    private static async Task<string> FailAsync(FleetWorld world, NestedServer victim, LossMoment moment, Loss loss)
    {
        var losing = new Losing(world, victim, loss);
        losing.At(moment);
        var failed = await Assert.ThrowsAsync<RolloutFailedException>(() => world.DeployAsync("v2"));
        Say(failed.Message);
        Assert.Equal(1, losing.Count);
        Assert.Contains($"\n[{victim.Address}] ", failed.Message, Ordinal);
        return failed.Message;
    }

    private static void AssertEnds(string told, params string[] lines)
    {
        var end = lines.Append("Status shows what serves; the next deploy clears up what is left.");
        Assert.EndsWith(string.Join('\n', end), told, Ordinal);
    }

    private static async Task AssertOthersServeAsync(FleetWorld world, NestedServer victim, FleetLoad load)
    {
        await load.WaitForVersionAsync("v1");
        foreach (var other in OthersOf(world, victim))
        {
            await world.AssertAtRestAsync(other, "v1");
            Assert.DoesNotContain($"{world.Spec.Service}-web-v2", await world.ContainersAsync(other));
        }
    }

    /// <summary>What a lost server serves: to its own clients, or once it has power again.</summary>
    private static async Task<string> OwnAnswerAsync(NestedServer victim, Loss loss)
    {
        if (loss == Loss.Killed)
        {
            await victim.ReviveAsync(Token);
            await OwnClient.AwaitVersionAsync(victim, Token);
        }

        return await OwnClient.VersionAsync(victim, Token);
    }

    /// <summary>
    /// The lease that could not be given back has a living holder here, this test; so it must expire, and in this deployer's time it has. The others' leases were
    /// free before.
    /// </summary>
    private static async Task AssertNextDeployConvergesAsync(FleetWorld world, NestedServer victim)
    {
        await victim.ReviveAsync(Token);
        await world.AssertHeldOnlyOnAsync(victim);
        await world.BeginAnewAsync(spec => spec with { ClockAhead = LeaseRules.Lifetime });
        await world.DeployAsync("v2");
        await world.AssertAtRestAsync("v2");
    }
}

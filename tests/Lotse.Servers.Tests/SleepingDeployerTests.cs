using Lotse.EndToEnd.Host;
using Lotse.Execution.Leases;
using Lotse.Testing.Processes;

namespace Lotse.Servers.Tests;

/// <summary>
/// A deployer is stopped in the middle of its work, as by its machine's sleep, until its leases have expired and another one has taken over. When it goes on, it
/// changes nothing more, says so, and fails.
/// </summary>
public sealed class SleepingDeployerTests(SharedServers shared)
{
    private const string BetweenStageAndSwitch = "StateEntered Switching #1";

    /// <summary>After the last look at the lease: nothing but the proxy itself can refuse then.</summary>
    private const string LeaseConfirmed = "Unsent SwitchTraffic #1";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Of the sleeper's own version too: the containers that it would take back have the other one's names then.</summary>
    [Theory]
    [RepresentedBy(
        "of the sleeper's own version: what it would take back has the other one's names, so that only the lease keeps it from that"
    )]
    [InlineData(BetweenStageAndSwitch, "v2")]
    [AllOnlyData(BetweenStageAndSwitch, "v3")]
    [AllOnlyData(LeaseConfirmed, "v3")]
    [AllOnlyData("StepDone SwitchTraffic #2", "v3")]
    public async Task Waking_up_when_the_other_one_is_done(string moment, string others)
    {
        await using var world = await shared.CreateAsync(SharedServers.Size, Token);
        await world.DeployAsync("v1");
        await using var load = await world.LoadAsync();
        await load.WaitForVersionAsync("v1");
        await using var sleeper = await SleepAsync(world, moment);

        await TakeOverAsync(world, others, () => Task.CompletedTask);
        await load.WaitForVersionAsync(others);
        var before = await SeeAsync(world);
        sleeper.Send(Signal.Continue);

        await AssertFailedAsync(sleeper, $"other@test took it over for 'deploy {others}', and is done.");
        Assert.Equal(before, await SeeAsync(world));
        await load.WaitForVersionAsync(others);
        await world.AssertAtRestAsync(others);
        await load.AssertNothingFailedAsync();
    }

    /// <summary>What the other one has staged is not what the sleeper would switch to, nor the sleeper's to take back.</summary>
    [Theory]
    [RepresentedBy("after the last look at the lease, where nothing but the proxy itself can refuse")]
    [InlineData(LeaseConfirmed)]
    [AllOnlyData(BetweenStageAndSwitch)]
    public async Task Waking_up_when_the_other_one_is_about_to_switch(string moment)
    {
        await using var world = await shared.CreateAsync(SharedServers.Size, Token);
        await world.DeployAsync("v1");
        await using var load = await world.LoadAsync();
        await load.WaitForVersionAsync("v1");
        await using var sleeper = await SleepAsync(world, moment);

        await TakeOverAsync(
            world,
            "v3",
            async () =>
            {
                sleeper.Send(Signal.Continue);
                await AssertFailedAsync(sleeper, "other@test took it over for 'deploy v3'.");
            }
        );

        await load.WaitForVersionAsync("v3");
        await world.AssertAtRestAsync("v3");
        await load.AssertNothingFailedAsync("v1", "v3");
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Begins a deployer of v2 that stands still at a moment.</summary>
    private static async Task<TestProcess> SleepAsync(FleetWorld world, string moment)
    {
        var process = await world.StartProcessAsync(
            new ReleaseSpec("v2"),
            orders => orders with { World = orders.World with { IsElsewhere = true }, Sleep = moment }
        );
        await process.WaitForLineAsync(line => line == Moments.Mark + moment, Limit, Token);
        process.Send(Signal.Stop);
        return process;
    }

    /// <summary>Deploys with a clock to which the sleeper's leases have expired.</summary>
    private static async Task TakeOverAsync(FleetWorld world, string version, Func<Task> beforeSwitch)
    {
        await world.BeginAnewAsync(spec => spec with { ClockAhead = LeaseRules.Lifetime, Owner = "other@test" });
        var once = new Lazy<Task>(beforeSwitch);
        world.Deployer.OnProxy = happened =>
            happened.Moment == ProxyMoment.BeforeSwitch ? once.Value : Task.CompletedTask;
        await world.DeployAsync(version);
        Assert.True(once.IsValueCreated);
    }

    private static async Task AssertFailedAsync(TestProcess sleeper, string evidence)
    {
        var ended = await sleeper.WaitForExitAsync(Limit, Token);
        TestContext.Current.TestOutputHelper?.WriteLine(ended.Error);
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains($"this deployer no longer holds the lease: {evidence}", ended.Error, StringComparison.Ordinal);
    }

    /// <summary>What a deployer changes: containers, what the proxies have, and the lease.</summary>
    private static async Task<List<string>> SeeAsync(FleetWorld world)
    {
        var seen = new List<string>();
        foreach (var server in world.Servers)
        {
            var states = "docker ps --all --no-trunc --format '{{.ID}} {{.Names}} {{.State}}'";
            seen.Add(await server.ExecAsync(states, Token));
            var host = await world.Deployer.ConnectAsync(server.Address, Token);
            seen.AddRange(
                (await host.Proxy.ListAsync(Token)).Select(s => $"{s.Name} {s.Active} {s.Staged} {s.Previous}")
            );
            seen.Add((await world.ReadStoreAsync(server, "lease.json"))!);
        }

        return seen;
    }
}

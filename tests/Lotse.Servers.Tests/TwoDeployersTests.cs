using System.Text.Json.Nodes;
using Lotse.EndToEnd.Host;
using Lotse.Execution;
using Lotse.Execution.Deployments;
using Lotse.Execution.Leases;
using Lotse.Execution.Reporting;
using Lotse.Testing.Servers;

namespace Lotse.Servers.Tests;

/// <summary>Deployers that meet: at once, or one after another one's death.</summary>
public sealed class TwoDeployersTests(SharedServers shared)
{
    private const int Killed = 128 + 9;
    private const string Waiting =
        "other@elsewhere holds the lease for 'deploy v2'; waiting for a sign of life, at most ";

    /// <summary>The same three servers in the same order, in the opposite one, or without the first one.</summary>
    [Theory]
    [RepresentedBy(
        "the opposite order, in which each could hold what the other one waits for; each of both begins first once"
    )]
    [InlineData(Others.Reversed, 2)]
    [AllOnlyData(Others.Same, 6)]
    [AllOnlyData(Others.Reversed, 6)]
    [AllOnlyData(Others.Fewer, 6)]
    public async Task Of_two_at_once_one_works_and_the_other_is_told_who(Others others, int rounds)
    {
        await using var world = await shared.CreateAsync(SharedServers.Size, Token);
        await world.DeployAsync("v1");
        await using var load = await world.LoadAsync();
        await load.WaitForVersionAsync("v1");
        await using var rival = new World(world.Spec with { Servers = ServersOf(world, others) });

        for (var round = 1; round <= rounds; round++)
        {
            var release = new ReleaseSpec("v1") { Colour = $"{round}" };
            await using var first = world.Deployer.Begin(release, "anna@one");
            await using var second = rival.Begin(release, "bert@two");
            Deployment[] both = round % 2 == 0 ? [first, second] : [second, first];
            await Task.WhenAll(both.Select(deployment => deployment.LookAsync(Token)));

            var preparing = both.Select(deployment => Task.Run(() => deployment.PrepareAsync(null, Token), Token))
                .ToList();
            await WaitForAllAsync(preparing);

            var won = Assert.Single(preparing, task => task.IsCompletedSuccessfully);
            var lost = Assert.Single(preparing, task => task != won);
            var refused = Assert.IsType<LeaseHeldException>(lost.Exception?.InnerException);
            var winner = both[preparing.IndexOf(won)];
            await both[preparing.IndexOf(lost)].DisposeAsync();
            var owner = winner == first ? "anna@one" : "bert@two";
            Assert.Contains($"] {owner} (process ", refused.Message, StringComparison.Ordinal);
            Assert.Contains("holds the lease for 'deploy v1' since ", refused.Message, StringComparison.Ordinal);
            await winner.CleanUpAsync(await winner.SwitchAsync(await won, Token), Token);
            await world.AssertAtRestAsync("v1");
        }

        await load.AssertNothingFailedAsync("v1");
    }

    /// <summary>Nobody waits for it, nothing is released by hand, and nothing is started a second time.</summary>
    [Theory]
    [RepresentedBy(
        "a clock that jumps past the leases' end once the next one waits for it: the same wait, but for the time that it takes"
    )]
    [InlineData(true)]
    [AllOnlyData(false)]
    public async Task After_one_that_died_on_another_machine_the_next_goes_on_by_itself_when_the_leases_are_over(
        bool jumps
    )
    {
        await using var world = await shared.CreateAsync(SharedServers.Size, Token);
        await world.DeployAsync("v1");
        await using var load = await world.LoadAsync();
        await load.WaitForVersionAsync("v1");
        var died = await world.DeployInProcessAsync(
            new ReleaseSpec("v2"),
            orders =>
                orders with
                {
                    World = orders.World with { Owner = "other@elsewhere", IsElsewhere = true },
                    Death = "Unread SwitchTraffic #2",
                }
        );
        Assert.Equal((Killed, "Unread SwitchTraffic #2"), (died.ExitCode, Moments.In(died.Output)[^1]));
        await Task.WhenAll(world.Servers.Select(server => BeatOnceMoreAsync(world, server)));

        await world.BeginAnewAsync();
        if (jumps)
        {
            world.Deployer.Observer.OnReport = happened =>
            {
                if (happened is Remark remark && remark.Text.StartsWith(Waiting, StringComparison.Ordinal))
                {
                    world.Deployer.Advance(LeaseRules.Lifetime);
                }
            };
        }

        await world.DeployAsync("v2");

        var remarks = world.Deployer.Observer.Events.OfType<Remark>().ToList();
        Assert.Single(remarks, r => r.Text.StartsWith(Waiting, StringComparison.Ordinal));
        const string Said = "the lease of other@elsewhere for 'deploy v2' was taken over: its deployer is gone";
        Assert.Equal(
            world.Servers.Select(server => server.Address).Order(),
            remarks.Where(remark => remark.Text == Said).Select(remark => remark.Host).Order()
        );
        await load.WaitForVersionAsync("v2");
        await world.AssertAtRestAsync("v2");
        var reports = await load.AssertNothingFailedAsync();
        Assert.All(reports, report => Assert.Equal(["v1", "v2"], report.Versions.Distinct()));
    }

    public enum Others
    {
        Same,
        Reversed,
        Fewer,
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static Task WaitForAllAsync(IEnumerable<Task> all) =>
        Task.WhenAll(all.Select(one => one.ContinueWith(_ => { }, TaskScheduler.Default)));

    private static string[] ServersOf(FleetWorld world, Others others) =>
        others switch
        {
            Others.Same => [.. world.Spec.Servers],
            Others.Reversed => [.. world.Spec.Servers.Reverse()],
            _ => [.. world.Spec.Servers.Skip(1)],
        };

    /// <summary>
    /// The other one's last heartbeat was sent a moment ago, however long the machine took until here; fails unless it holds the lease.
    /// </summary>
    private static async Task BeatOnceMoreAsync(FleetWorld world, NestedServer server)
    {
        var host = await world.Deployer.ConnectAsync(server.Address, Token);
        var lease = JsonNode.Parse((await host.Store.ReadAsync("lease.json", Token))!)!;
        Assert.Equal("other@elsewhere", (string?)lease["owner"]);
        Assert.False((bool?)lease["released"]);
        lease["expiresAt"] = TimeProvider.System.GetUtcNow() + LeaseRules.Lifetime;
        await host.Store.ReplaceAsync("lease.json", lease.ToJsonString(), Token);
    }
}

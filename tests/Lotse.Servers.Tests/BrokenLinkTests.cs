using Lotse.EndToEnd.Host;
using Lotse.Execution;
using Lotse.Execution.Leases;
using Lotse.Execution.Reporting;
using Lotse.Execution.Rollouts;

namespace Lotse.Servers.Tests;

/// <summary>
/// The SSH connection to one of three servers breaks in the middle of a deploy, while the server itself serves on: the deployer connects again, and either
/// completes or takes everything back; either way it says which, all servers serve the same release, and no request fails.
/// </summary>
public sealed class BrokenLinkTests(SharedServers shared)
{
    private const string Untouched = "v1 serves on, on every host; no request was dropped.";

    /// <summary>What makes no difference when it is done twice is done once more; a connection that is not in use may break.</summary>
    [Theory]
    [RepresentedBy(
        "the pull through the tunnel, where the most is under way and the tunnel must be made anew; and the drain, done and unheard after the traffic has moved: "
            + "before and after the switch, a step that is cut off and one that is done twice"
    )]
    [InlineData(LinkMoment.Pull, Break.Now, 1, Route.Tunnel)]
    [InlineData(LinkMoment.Drain, Break.Unheard, 0)]
    [AllOnlyData(LinkMoment.Build, Break.Now, 0, Route.Archive)]
    [AllOnlyData(LinkMoment.Lease, Break.Unheard, 0, Route.Archive)]
    [AllOnlyData(LinkMoment.Lease, Break.Unheard, 1, Route.Tunnel)]
    [AllOnlyData(LinkMoment.Pull, Break.Now, 0, Route.Archive)]
    [AllOnlyData(LinkMoment.Staged, Break.Now, 0, Route.Archive)]
    [AllOnlyData(LinkMoment.Switched, Break.Now, 2, Route.Archive)]
    [AllOnlyData(LinkMoment.Bake, Break.Now, 0, Route.Archive)]
    [AllOnlyData(LinkMoment.Stop, Break.Unheard, 1, Route.Archive)]
    [AllOnlyData(LinkMoment.End, Break.Unheard, 0, Route.Archive)]
    public async Task Broken_where_it_can_go_on_the_deploy_completes(
        LinkMoment moment,
        Break how,
        int server,
        Route route = Route.Archive
    )
    {
        await using var world = await shared.CreateAsync(SharedServers.Size, Token);
        await using var link = await BrokenLink.ServeThroughAsync(world, server, route);
        await using var load = await world.LoadAsync();
        await load.WaitForVersionAsync("v1");
        link.BreakAt(moment, how);

        await world.DeployAsync(moment is LinkMoment.Switched or LinkMoment.Bake ? Watched : Next);

        await link.AssertBrokenAsync();
        Assert.Empty(world.Deployer.Observer.Events.OfType<Warning>());
        await load.WaitForVersionAsync("v2");
        await load.AssertNothingFailedAsync("v1", "v2");
        await world.BeginAnewAsync();
        await world.AssertAtRestAsync("v2");
    }

    /// <summary>Each was done, and nobody heard of it: it is looked after, and taken back.</summary>
    [Theory]
    [RepresentedBy(
        "the switch: the only moment of these at which traffic has moved, so that all others must go back, too"
    )]
    [InlineData(LinkMoment.Switch, 0, "v1 serves again, on every host.")]
    [AllOnlyData(LinkMoment.Create, 0, Untouched)]
    [AllOnlyData(LinkMoment.Start, 1, Untouched)]
    [AllOnlyData(LinkMoment.Stage, 0, Untouched)]
    public async Task Broken_where_it_is_not_known_what_was_done_all_is_taken_back(
        LinkMoment moment,
        int server,
        string end
    )
    {
        await using var world = await shared.CreateAsync(SharedServers.Size, Token);
        await using var link = await BrokenLink.ServeThroughAsync(world, server, Route.Archive);
        await using var load = await world.LoadAsync();
        await load.WaitForVersionAsync("v1");
        var isSwitch = moment == LinkMoment.Switch;
        link.BreakAt(moment, Break.Unheard, until: isSwitch ? () => load.WaitForVersionAsync("v2", more: 1) : null);

        var failed = await Assert.ThrowsAsync<RolloutFailedException>(() => world.DeployAsync(Next));

        Say(failed.Message);
        await link.AssertBrokenAsync();
        AssertNamesTheConnection(failed, link.Host);
        Assert.EndsWith($"\nWhat was started is removed.\n{end}", failed.Message, StringComparison.Ordinal);
        await load.WaitForVersionAsync("v1");
        await load.AssertNothingFailedAsync(isSwitch ? ["v1", "v2", "v1"] : ["v1"]);
        await world.BeginAnewAsync();
        await world.AssertAtRestAsync("v1");
    }

    [Fact]
    [AllOnly(
        "UnreachableServerTests.Of_three_servers_all_that_are_broken_are_in_one_report: what cannot be looked at is named before any work, whether it never "
            + "answered or stopped to"
    )]
    public async Task Broken_at_the_first_look_nothing_is_done()
    {
        await using var world = await shared.CreateAsync(SharedServers.Size, Token);
        await using var link = await BrokenLink.ServeThroughAsync(world, 0, Route.Archive);
        await using var load = await world.LoadAsync();
        await load.WaitForVersionAsync("v1");
        link.BreakAt(LinkMoment.Look, Break.Unheard);

        var failed = await Assert.ThrowsAsync<UserException>(() => world.DeployAsync(Next));

        Say(failed.Message);
        await link.AssertBrokenAsync();
        AssertNamesTheConnection(failed, link.Host);
        await load.WaitForVersionAsync("v1");
        await load.AssertNothingFailedAsync("v1");
        await world.BeginAnewAsync();
        await world.AssertAtRestAsync("v1");
    }

    [Theory]
    [AllOnly(
        "LostServerTests.Lost_at_the_switch_the_others_go_back_and_it_is_said_what_the_lost_one_may_serve: cut off once it has switched; a link that stays broken is the same to the deployer"
    )]
    [InlineData(LinkMoment.Switched)]
    [InlineData(LinkMoment.Pull)]
    [InlineData(LinkMoment.Stage)]
    [InlineData(LinkMoment.Switch)]
    public async Task Broken_for_good_it_is_said_what_the_server_may_serve(LinkMoment moment)
    {
        var isSwitched = moment == LinkMoment.Switched;
        var mayBeSwitched = isSwitched || moment == LinkMoment.Switch;
        await using var world = await shared.CreateAsync(SharedServers.Size, Token);
        await using var link = await BrokenLink.ServeThroughAsync(world, 0, Route.Archive);
        await using var load = await world.LoadAsync();
        await load.WaitForVersionAsync("v1");
        link.BreakAt(moment, Break.Now, forGood: true);

        var failed = await Assert.ThrowsAsync<RolloutFailedException>(() => world.DeployAsync(Watched));

        Say(failed.Message);
        await link.AssertBrokenAsync();
        AssertNamesTheConnection(failed, link.Host);
        string[] end = mayBeSwitched
            ?
            [
                $"v1 serves again, on every other host than {link.Host}.",
                $"{link.Host}: unknown, it cannot be reached since the switch. It may serve v2 until the next deploy.",
            ]
            :
            [
                $"v1 serves on, on every other host than {link.Host}; no request was dropped there.",
                $"{link.Host}: unknown, it cannot be reached. Its traffic was not moved: if it serves, it is v1.",
            ];
        Assert.Contains(string.Join('\n', end), failed.Message, StringComparison.Ordinal);
        foreach (var reachable in world.Servers.Where(s => s != link.Server))
        {
            await world.AssertAtRestAsync(reachable, "v1");
        }

        Assert.Equal(isSwitched ? "v2" : "v1", await world.VersionAsync(link.Server));
        await world.AssertHeldOnlyOnAsync(link.Server);
        // The lease on the lost one has a living holder, this test: it must expire.
        await world.BeginAnewAsync(spec => spec with { ClockAhead = LeaseRules.Lifetime });
        await world.DeployAsync(Watched);
        await world.AssertAtRestAsync("v2");
        await load.AssertNothingFailedAsync();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static ReleaseSpec Next => new("v2");

    /// <summary>For long enough that what breaks at the switch is noticed before it counts as done.</summary>
    private static ReleaseSpec Watched => Next with { Bake = TimeSpan.FromSeconds(2) };

    private static void Say(string text) => TestContext.Current.TestOutputHelper?.WriteLine(text);

    private static void AssertNamesTheConnection(Exception failed, string host)
    {
        var told = failed.Message;
        Assert.Contains($"[{host}]", told, StringComparison.Ordinal);
        // What broke (root@host), or that nothing answers where it is to be made anew; in both cases the connection is meant, and not the engine behind it.
        Assert.Matches($"root@{host}|(?<!\\[){host} takes connections", told);
        Assert.Contains("→ Check", told, StringComparison.Ordinal);
        Assert.DoesNotContain("docker info", told, StringComparison.Ordinal);
    }
}

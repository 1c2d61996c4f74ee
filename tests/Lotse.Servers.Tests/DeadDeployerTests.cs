using Lotse.EndToEnd.Host;
using Lotse.Execution.Reporting;
using Lotse.Testing.Processes;

namespace Lotse.Servers.Tests;

/// <summary>
/// A deployer to three servers is killed, whenever it may be: no request fails, and the next deploy needs no help, completes, and says after whom it clears up.
/// </summary>
public sealed class DeadDeployerTests(SharedServers shared)
{
    private const int Killed = 128 + 9;

    /// <summary>What a deployer can leave behind: all staged and nothing switched, some switched, one switched of which no file tells, and an old release half cleared away.</summary>
    [Fact]
    public async Task Killed_before_in_and_after_the_switch_it_is_followed_by_a_deploy_that_converges()
    {
        await using var world = await shared.CreateAsync(SharedServers.Size, Token);
        await world.DeployAsync(Good("v1"));
        await using var load = await world.LoadAsync();
        await load.WaitForVersionAsync("v1");
        string[] chosen =
        [
            "StateEntered Switching #1",
            "StepDone SwitchTraffic #1",
            "Unread SwitchTraffic #2",
            "StepDone DrainTarget #2",
        ];

        await DieAndConvergeAsync(world, load, chosen, ["v1"]);
    }

    [Fact]
    [AllOnly(
        "DeadDeployerTests.Killed_before_in_and_after_the_switch_it_is_followed_by_a_deploy_that_converges: at one moment of each state that a deployer can leave"
    )]
    public async Task Killed_at_any_moment_of_an_upgrade_it_is_followed_by_a_deploy_that_converges()
    {
        await using var world = await shared.CreateAsync(SharedServers.Size, Token);
        await world.DeployAsync(Good("v0"));
        await world.DeployAsync(Good("v1"));
        await using var load = await world.LoadAsync();
        await load.WaitForVersionAsync("v1");
        var all = await NameAllAsync(world, Good("v2"), orders => orders, exitCode: 0);
        await world.AssertAtRestAsync("v2");
        await load.WaitForVersionAsync("v2", 3);
        var chosen = Choose(all);

        await DieAndConvergeAsync(world, load, chosen, ["v1", "v2"]);
    }

    /// <summary>Not healthy, so that nothing was switched; or not to be switched on the last server, so that the others are switched back.</summary>
    [Theory]
    [RepresentedBy(
        "some servers are switched back and others are not: of what is taken back, all that carries traffic"
    )]
    [InlineData("", "Unsent SwitchTraffic #3", "StepUndone RevertTraffic", 1)]
    [AllOnlyData("health-500", null, "StepUndone AbortStage", int.MaxValue)]
    [AllOnlyData("", "Unsent SwitchTraffic #3", "StepUndone RevertTraffic", int.MaxValue)]
    public async Task Killed_while_it_takes_a_release_back_it_is_followed_by_a_deploy_that_converges(
        string misbehave,
        string? fault,
        string first,
        int most
    )
    {
        await using var world = await shared.CreateAsync(SharedServers.Size, Token);
        await world.DeployAsync(Good("v1"));
        await using var load = await world.LoadAsync();
        await load.WaitForVersionAsync("v1");
        ReleaseSpec Bad(string version) =>
            Good(version + Suffix) with
            {
                Misbehave = misbehave,
                // One that becomes healthy has all the time that it needs.
                DeployTimeout = misbehave.Length > 0 ? TimeSpan.FromSeconds(4) : Good(version).DeployTimeout,
            };
        var all = await NameAllAsync(world, Bad("v1"), orders => orders with { Fault = fault }, exitCode: 1);
        await world.AssertAtRestAsync("v1");
        string[] moments =
        [
            $"{first} #1",
            "StateEntered Rollback #1",
            $"{first} #2",
            "StepUndone RemoveContainer #1",
            "StepUndone RemoveContainer #2",
        ];
        Assert.Equal(moments.Order(), all.Intersect(moments).Order());
        var chosen = moments.Take(most);

        var expected = new List<string> { "v1" };
        foreach (var moment in chosen)
        {
            var version = $"v{expected.Count + 1}";
            expected.Add(version);
            var passed = await DieAsync(world, Bad(version), o => o with { Fault = fault, Death = moment });
            await ConvergeAsync(world, Good(version), version + Suffix, passed);
            await load.WaitForVersionAsync(version, 3);
        }

        var reports = await load.AssertNothingFailedAsync();
        Assert.All(
            reports,
            report =>
                Assert.Equal(
                    expected,
                    report.Versions.Distinct().Where(v => !v.EndsWith(Suffix, StringComparison.Ordinal))
                )
        );
    }

    private const string Suffix = "-bad";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A release of which one old container is kept: so each upgrade has one to clear away.</summary>
    private static ReleaseSpec Good(string version) => new(version) { Retain = 1 };

    /// <summary>
    /// Has deployers killed, each at one moment of the next upgrade, and lets another one converge after each; fails unless no request failed on the way and the versions
    /// served came one after the other.
    /// </summary>
    private static async Task DieAndConvergeAsync(
        FleetWorld world,
        FleetLoad load,
        IEnumerable<string> moments,
        List<string> served
    )
    {
        foreach (var moment in moments)
        {
            var version = $"v{served.Count + 1}";
            served.Add(version);
            var passed = await DieAsync(world, Good(version), orders => orders with { Death = moment });
            await ConvergeAsync(world, Good(version), version, passed);
            await load.WaitForVersionAsync(version, 3);
        }

        var reports = await load.AssertNothingFailedAsync();
        Assert.All(reports, report => Assert.Equal(served, report.Versions.Distinct()));
    }

    /// <summary>Lets a deployer live, and gives the names of all its moments.</summary>
    private static async Task<IReadOnlyList<string>> NameAllAsync(
        FleetWorld world,
        ReleaseSpec release,
        Func<Orders, Orders> change,
        int exitCode
    )
    {
        var lived = await world.DeployInProcessAsync(release, change);
        Assert.True(lived.ExitCode == exitCode, lived.Error);
        var all = Moments.In(lived.Output);
        Assert.Equal(all.Distinct(), all);
        return all;
    }

    /// <summary>
    /// Of what happens once, that; of what happens on each server, the second one's; and of the moving of the traffic, each one's. That a step begins is the moment
    /// at which the one before it was done, so that is left out. So whatever can happen at all is among them.
    /// </summary>
    private static List<string> Choose(IReadOnlyList<string> all)
    {
        var often = all.CountBy(KindOf).ToDictionary();
        static bool IsMoving(string name) => name.Contains(" SwitchTraffic", StringComparison.Ordinal);
        static bool IsBeginning(string name) =>
            name.StartsWith("StepStarted ", StringComparison.Ordinal) && !IsMoving(name);
        bool IsChosen(string name) =>
            !IsBeginning(name)
            && (often[KindOf(name)] == 1 || name.EndsWith(" #2", StringComparison.Ordinal) || IsMoving(name));
        var chosen = all.Where(IsChosen).ToList();
        Assert.Equal(often.Keys.Where(kind => !IsBeginning(kind)).Order(), chosen.Select(KindOf).Distinct().Order());
        string[] moving = ["StepStarted", "Unsent", "Unread", "StepDone"];
        Assert.Equal(
            moving
                .SelectMany(what => Enumerable.Range(1, SharedServers.Size).Select(n => $"{what} SwitchTraffic #{n}"))
                .Order(),
            chosen.Where(name => name.Contains(" SwitchTraffic ", StringComparison.Ordinal)).Order()
        );
        TestContext.Current.TestOutputHelper?.WriteLine($"{chosen.Count} of {all.Count}: {string.Join(", ", chosen)}");
        return chosen;
    }

    private static string KindOf(string name) => name[..name.IndexOf(" #", StringComparison.Ordinal)];

    /// <summary>Has a deployer killed, and makes sure that it died at the very moment that was meant; gives the moments that it lived to see.</summary>
    private static async Task<IReadOnlyList<string>> DieAsync(
        FleetWorld world,
        ReleaseSpec release,
        Func<Orders, Orders> change
    )
    {
        var moment = "";
        var died = await world.DeployInProcessAsync(
            release,
            orders =>
            {
                orders = change(orders);
                moment = orders.Death!;
                return orders;
            }
        );
        var passed = Moments.In(died.Output);
        Assert.Equal((Killed, moment), (died.ExitCode, passed[^1]));
        Assert.All(await Task.WhenAll(world.Servers.Select(world.VersionAsync)), Assert.NotNull);
        return passed;
    }

    private static async Task ConvergeAsync(
        FleetWorld world,
        ReleaseSpec release,
        string interrupted,
        IReadOnlyList<string> passed
    )
    {
        await world.BeginAnewAsync();
        await world.DeployAsync(release);
        AssertSaid([.. world.Deployer.Observer.Events.OfType<Remark>()], interrupted, passed);
        await world.AssertAtRestAsync(release.Version);
    }

    /// <summary>What the dead one is known to have held and begun was said to be cleared up: it may have done more that it did not live to see.</summary>
    private static void AssertSaid(IReadOnlyList<Remark> remarks, string interrupted, IReadOnlyList<string> passed)
    {
        if (passed.Any(name => KindOf(name) == "Unread LeaseGivenBack"))
        {
            // Perhaps it had given back and closed all.
            return;
        }

        int Passed(string kind) => passed.Count(name => KindOf(name) == kind);
        int Said(Func<string, bool> what) => remarks.Where(r => what(r.Text)).Select(r => r.Host).Distinct().Count();
        var held = $"the lease of deployer@test for 'deploy {interrupted}' was taken over: its deployer is gone";
        Assert.InRange(Said(text => text == held), Math.Max(1, Passed("Unread LeaseTaken")), SharedServers.Size);
        var begun = $"'deploy {interrupted}' by deployer@test was interrupted at: ";
        Assert.InRange(
            Said(text =>
                text.StartsWith(begun, StringComparison.Ordinal)
                && text.EndsWith(". This run clears up after it", StringComparison.Ordinal)
            ),
            Passed("Unread JournalBegun"),
            SharedServers.Size
        );
    }
}

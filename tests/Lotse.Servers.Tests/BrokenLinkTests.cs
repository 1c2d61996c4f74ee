using Lotse.EndToEnd.Host;
using Lotse.Execution.Leases;
using Lotse.Execution.Reporting;
using Lotse.Execution.Rollouts;
using Lotse.Testing.Servers;

namespace Lotse.Servers.Tests;

/// <summary>
/// The SSH connection to one of three servers breaks in the middle of a deploy, while the server itself serves on: the deployer connects again, and either
/// completes or takes everything back; either way it says which, all servers serve the same release, and no request fails.
/// </summary>
[Collection(SharedServers.OneByOne)]
public sealed class BrokenLinkTests(SharedServers shared)
{
    [Theory]
    [InlineData(Moment.Pull, Break.Now)]
    [InlineData(Moment.Stage, Break.Now)]
    [InlineData(Moment.Stage, Break.AtAnswer)]
    [InlineData(Moment.Staged, Break.Now)]
    [InlineData(Moment.Switch, Break.Now)]
    [InlineData(Moment.Switch, Break.AtAnswer)]
    [InlineData(Moment.Switched, Break.Now)]
    [InlineData(Moment.Bake, Break.Now)]
    [InlineData(Moment.Drain, Break.Now)]
    [InlineData(Moment.Drain, Break.AtAnswer)]
    public async Task Broken_once_the_fleet_stays_of_one_mind_and_nothing_is_left(Moment moment, Break how)
    {
        await using var world = await shared.CreateAsync(SharedServers.Size, Token);
        await using var relay = await ServeThroughAsync(world);
        await using var load = await world.LoadAsync();
        await load.WaitForVersionAsync("v1");
        BreakAt(world, HostOf(relay), moment, () => Cut(relay, how));

        var failed = await Record.ExceptionAsync(() => world.DeployAsync(Next));

        Say($"{moment}, {how}: {failed?.Message ?? "completed"}");
        Assert.True(relay.Cuts > 0, "the connection was never cut");
        var serving = failed is null ? "v2" : "v1";
        AssertTold(failed, HostOf(relay));
        await world.BeginAnewAsync();
        await world.AssertAtRestAsync(serving);
        await load.WaitForVersionAsync(serving);
        await load.AssertNothingFailedAsync();
    }

    [Theory]
    [InlineData(Moment.Pull)]
    [InlineData(Moment.Stage)]
    [InlineData(Moment.Switch)]
    public async Task Broken_for_good_before_the_switch_the_old_release_serves_everywhere(Moment moment)
    {
        await using var world = await shared.CreateAsync(SharedServers.Size, Token);
        await using var relay = await ServeThroughAsync(world);
        await using var load = await world.LoadAsync();
        await load.WaitForVersionAsync("v1");
        BreakAt(world, HostOf(relay), moment, () => relay.Cut(forGood: true));

        var failed = await Record.ExceptionAsync(() => world.DeployAsync(Next));

        Say($"{moment}, for good: {failed?.Message ?? "completed"}");
        Assert.NotNull(failed);
        AssertTold(failed, HostOf(relay));
        await load.WaitForVersionAsync("v1");
        foreach (var reachable in world.Servers.Skip(1))
        {
            await world.AssertAtRestAsync(reachable, "v1");
        }

        // The lease on the lost one has a living holder, this test: it must expire.
        await world.BeginAnewAsync(spec => spec with { ClockAhead = LeaseRules.Lifetime });
        await world.DeployAsync(Next);
        await world.AssertAtRestAsync("v2");
        await load.AssertNothingFailedAsync();
    }

    public enum Moment
    {
        Pull,
        Stage,
        Staged,
        Switch,
        Switched,
        Bake,
        Drain,
    }

    public enum Break
    {
        Now,
        AtAnswer,
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static ReleaseSpec Next => new("v2") { Bake = TimeSpan.FromSeconds(2) };

    private static string HostOf(CuttingRelay relay) => $"127.0.0.1:{relay.Port}";

    private static void Say(string text) => TestContext.Current.TestOutputHelper?.WriteLine(text);

    /// <summary>Deploys v1, and begins a deployer that reaches the first server, the primary, through a relay.</summary>
    private static async Task<CuttingRelay> ServeThroughAsync(FleetWorld world)
    {
        await world.DeployAsync("v1");
        var relay = CuttingRelay.Start(world.Servers[0].Address, NestedServer.SshPort);
        var pins = Path.Combine(world.Spec.ProjectFolder, "config", "known_hosts");
        await File.AppendAllLinesAsync(
            pins,
            world.Servers[0].HostKeys.Select(key => key.KnownHostsLine($"[127.0.0.1]:{relay.Port}")),
            Token
        );
        await File.WriteAllTextAsync(Path.Combine(world.Spec.ProjectFolder, "Lotse.TestApp.payload"), "v2", Token);
        await world.BeginAnewAsync(spec => spec with { Servers = [HostOf(relay), .. spec.Servers.Skip(1)] });
        return relay;
    }

    private static void Cut(CuttingRelay relay, Break how)
    {
        if (how == Break.Now)
        {
            relay.Cut();
        }
        else
        {
            relay.CutAtAnswer();
        }
    }

    private static void BreakAt(FleetWorld world, string host, Moment moment, Action cut)
    {
        var once = 0;
        void Happened(string where, Moment now)
        {
            if (where == host && now == moment && Interlocked.Exchange(ref once, 1) == 0)
            {
                cut();
            }
        }

        world.Deployer.OnProxy = happened =>
        {
            Happened(happened.Host, MomentOf(happened.Moment));
            return Task.CompletedTask;
        };
        world.Deployer.Observer.OnReport = happened =>
        {
            switch (happened)
            {
                case LayerMoved moved:
                    Happened(moved.Step.Host, Moment.Pull);
                    break;
                case StateEntered { State: RolloutState.Baking }:
                    Happened(host, Moment.Bake);
                    break;
            }
        };
    }

    private static Moment MomentOf(ProxyMoment moment) =>
        moment switch
        {
            ProxyMoment.BeforeStage => Moment.Stage,
            ProxyMoment.AfterStage => Moment.Staged,
            ProxyMoment.BeforeSwitch => Moment.Switch,
            ProxyMoment.AfterSwitch => Moment.Switched,
            _ => Moment.Drain,
        };

    private static void AssertTold(Exception? failed, string host)
    {
        if (failed is null)
        {
            return;
        }

        var told = Assert.IsType<RolloutFailedException>(failed).Message;
        Assert.Contains($"[{host}]", told, StringComparison.Ordinal);
        // What broke (root@host), or that nothing answers where it is to be made anew; in both cases the connection is meant, and not the engine behind it.
        Assert.Matches($"root@{host}|(?<!\\[){host} takes connections", told);
        Assert.Contains("→ Check", told, StringComparison.Ordinal);
        Assert.DoesNotContain("docker info", told, StringComparison.Ordinal);
    }
}

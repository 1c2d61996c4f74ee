using Lotse.EndToEnd.Host;
using Lotse.Execution.Reporting;
using Lotse.Execution.Rollouts;
using Lotse.Planning.Steps;
using Lotse.Testing.Servers;

namespace Lotse.Servers.Tests;

/// <summary>When a connection breaks: while a server is asked for this, or with nothing under way.</summary>
public enum LinkMoment
{
    Look,
    Build,
    Lease,
    Pull,
    Create,
    Start,
    Stage,
    Staged,
    Switch,
    Switched,
    Bake,
    Drain,
    Stop,
    End,
}

/// <summary>How it breaks.</summary>
public enum Break
{
    /// <summary>At once.</summary>
    Now,

    /// <summary>When the server has done what it was asked for, and before anybody hears of it.</summary>
    Unheard,
}

/// <summary>A relay in front of one server of a world, whose connections break at a moment of the next deploy.</summary>
internal sealed class BrokenLink : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(500);
    private readonly FleetWorld world;
    private readonly NestedServer server;
    private readonly CuttingRelay relay;
    private int begun;
    private Task breaking = Task.CompletedTask;

    private BrokenLink(FleetWorld world, NestedServer server)
    {
        (this.world, this.server) = (world, server);
        relay = CuttingRelay.Start(server.Address, NestedServer.SshPort);
    }

    /// <summary>What the server is called by a deployer that goes through the relay.</summary>
    public string Host => $"127.0.0.1:{relay.Port}";

    public NestedServer Server => server;

    /// <summary>How often the connections were cut.</summary>
    public int Cuts => relay.Cuts;

    /// <summary>Deploys v1, and begins a deployer that reaches one server through a relay.</summary>
    public static async Task<BrokenLink> ServeThroughAsync(FleetWorld world, int index, Route route)
    {
        await world.DeployAsync("v1");
        var link = new BrokenLink(world, world.Servers[index]);
        var project = world.Spec.ProjectFolder;
        var lines = link.server.HostKeys.Select(key => key.KnownHostsLine($"[127.0.0.1]:{link.relay.Port}"));
        await File.AppendAllLinesAsync(Path.Combine(project, "config", "known_hosts"), lines, Token);
        await File.WriteAllTextAsync(Path.Combine(project, "Lotse.TestApp.payload"), "v2", Token);
        await Routes.TakeAsync(
            world,
            route,
            spec => spec with { Servers = [.. spec.Servers.Select((s, i) => i == index ? link.Host : s)] }
        );
        return link;
    }

    /// <summary>Breaks the link once, at a moment of the next deploy.</summary>
    /// <param name="moment">When.</param>
    /// <param name="how">How; unheard it is broken once.</param>
    /// <param name="forGood">Whether it stays broken.</param>
    /// <param name="until">What else must be so before it breaks unheard; null for nothing.</param>
    public void BreakAt(LinkMoment moment, Break how, bool forGood = false, Func<Task>? until = null)
    {
        void Happened(LinkMoment? now)
        {
            if (now == moment && Interlocked.Exchange(ref begun, 1) == 0)
            {
                Begin(moment, how, forGood, until);
            }
        }

        var deployer = world.Deployer;
        deployer.OnConnected = host => Happened(host == Host ? LinkMoment.Look : null);
        deployer.OnStage = stage =>
        {
            Happened(stage == DeployStage.Build ? LinkMoment.Build : LinkMoment.Lease);
            return Task.CompletedTask;
        };
        deployer.OnProxy = happened =>
        {
            Happened(happened.Host == Host ? MomentOf(happened.Moment) : null);
            return Task.CompletedTask;
        };
        deployer.Observer.OnReport = happened => Happened(MomentOf(happened));
    }

    /// <summary>Waits for the break, and fails unless there was one, and the server had done what it was to have done by then.</summary>
    public async Task AssertBrokenAsync()
    {
        await breaking;
        Assert.Equal(1, Cuts);
    }

    public ValueTask DisposeAsync() => relay.DisposeAsync();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private void Begin(LinkMoment moment, Break how, bool forGood, Func<Task>? until)
    {
        if (how == Break.Now)
        {
            relay.Cut(forGood);
            return;
        }

        relay.HoldAnswers();
        breaking = CutOnceDoneAsync(moment, until);
    }

    /// <summary>The test's own limit ends it where the server never does it.</summary>
    private async Task CutOnceDoneAsync(LinkMoment moment, Func<Task>? until)
    {
        while (!await IsDoneAsync(moment))
        {
            await Task.Delay(Pause, TimeProvider.System, Token);
        }

        await (until?.Invoke() ?? Task.CompletedTask);
        relay.Cut();
    }

    private async Task<bool> IsDoneAsync(LinkMoment moment)
    {
        var name = $"{world.Spec.Service}-web";
        var lease = $"/var/lib/lotse/{world.Spec.Service}/lease.json";
        var proxied = $"docker exec {world.Spec.Machine.Proxy} lotse-proxy list --json";
        string Runs(string version) => $"docker inspect --format '{{{{.State.Running}}}}' {name}-{version}";
        return moment switch
        {
            LinkMoment.Look => await IsAllAskedAsync(),
            LinkMoment.Lease => await HoldsAsync($"! grep -q '\"released\":true' {lease}"),
            LinkMoment.Create => await HoldsAsync(Runs("v2")),
            LinkMoment.Start => await HoldsAsync($"{Runs("v2")} | grep true"),
            LinkMoment.Stage => await HoldsAsync($"{proxied} | grep '\"staged\"'"),
            LinkMoment.Switch => await OwnClient.VersionAsync(server, Token) == "v2",
            LinkMoment.Drain => await HoldsAsync($"! {proxied} | grep '\"previous\"'"),
            LinkMoment.Stop => await HoldsAsync($"{Runs("v1")} | grep false"),
            LinkMoment.End => await HoldsAsync($"grep '\"released\":true' {lease}"),
            _ => throw new ArgumentOutOfRangeException(nameof(moment), moment, "Nothing is asked for then."),
        };
    }

    /// <summary>Shells that are started ahead are asked for as well: it has asked all that it can without an answer when nothing more comes for a while.</summary>
    private async Task<bool> IsAllAskedAsync()
    {
        var asked = relay.Asked;
        await Task.Delay(Quiet, TimeProvider.System, Token);
        return asked > 0 && relay.Asked == asked;
    }

    private async Task<bool> HoldsAsync(string script) => (await server.TryExecAsync(script, Token)).ExitCode == 0;

    private LinkMoment? MomentOf(RolloutEvent happened) =>
        happened switch
        {
            LayerMoved moved when moved.Step.Host == Host => LinkMoment.Pull,
            StepStarted { Step: CreateContainer step } when step.Host == Host => LinkMoment.Create,
            StepStarted { Step: StartContainer step } when step.Host == Host => LinkMoment.Start,
            StepStarted { Step: StopContainer step } when step.Host == Host => LinkMoment.Stop,
            StateEntered { State: RolloutState.Baking } => LinkMoment.Bake,
            StateEntered { State: RolloutState.Running } => LinkMoment.End,
            _ => null,
        };

    private static LinkMoment MomentOf(ProxyMoment moment) =>
        moment switch
        {
            ProxyMoment.BeforeStage => LinkMoment.Stage,
            ProxyMoment.AfterStage => LinkMoment.Staged,
            ProxyMoment.BeforeSwitch => LinkMoment.Switch,
            ProxyMoment.AfterSwitch => LinkMoment.Switched,
            _ => LinkMoment.Drain,
        };
}

using Lotse.EndToEnd.Host;
using Lotse.Execution.Reporting;
using Lotse.Execution.Rollouts;
using Lotse.Planning.Steps;
using Lotse.Testing.Servers;

namespace Lotse.Servers.Tests;

/// <summary>How a server is lost.</summary>
public enum Loss
{
    /// <summary>Its power goes.</summary>
    Killed,

    /// <summary>Its network goes: it serves on for its own clients.</summary>
    CutOff,
}

/// <summary>When it is lost.</summary>
public enum LossMoment
{
    /// <summary>It is about to get the image.</summary>
    Pull,

    /// <summary>Its new container runs, and is about to be staged.</summary>
    Stage,

    /// <summary>All servers are staged, and none has switched.</summary>
    Staged,

    /// <summary>It is about to switch, as the others are.</summary>
    Switch,

    /// <summary>It has switched; the others have or are about to.</summary>
    Switched,

    /// <summary>All have switched, and it is about to drain.</summary>
    Drain,
}

/// <summary>Takes a server away at a moment of the next deploy, which waits meanwhile.</summary>
internal sealed class Losing(FleetWorld world, NestedServer victim, Loss loss)
{
    private int begun;

    /// <summary>How often it was taken away; what failed at it does not count.</summary>
    public int Count { get; private set; }

    /// <summary>Waits for the moment.</summary>
    public void At(LossMoment moment)
    {
        world.Deployer.OnProxy = happened =>
            happened.Host == victim.Address && MomentOf(happened.Moment) == moment ? LoseAsync() : Task.CompletedTask;
        world.Deployer.Observer.OnReport = happened =>
        {
            if (MomentOf(happened) == moment)
            {
                // Whoever reports goes on when this returns: the moment is exact.
                LoseAsync().GetAwaiter().GetResult();
            }
        };
    }

    /// <summary>Takes it away now.</summary>
    public async Task LoseAsync()
    {
        var token = TestContext.Current.CancellationToken;
        if (Interlocked.Exchange(ref begun, 1) == 0)
        {
            await (loss == Loss.Killed ? victim.KillAsync(token) : victim.DisconnectAsync(token));
            Count++;
        }
    }

    private LossMoment? MomentOf(RolloutEvent happened) =>
        happened switch
        {
            StepStarted { Step: PullImage pull } when pull.Host == victim.Address => LossMoment.Pull,
            StateEntered { State: RolloutState.Switching } => LossMoment.Staged,
            _ => null,
        };

    private static LossMoment? MomentOf(ProxyMoment moment) =>
        moment switch
        {
            ProxyMoment.BeforeStage => LossMoment.Stage,
            ProxyMoment.BeforeSwitch => LossMoment.Switch,
            ProxyMoment.AfterSwitch => LossMoment.Switched,
            ProxyMoment.BeforeDrain => LossMoment.Drain,
            _ => null,
        };
}

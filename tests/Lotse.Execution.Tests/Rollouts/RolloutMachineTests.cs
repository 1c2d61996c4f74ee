using Lotse.Execution.Rollouts;

namespace Lotse.Execution.Tests.Rollouts;

public sealed class RolloutMachineTests
{
    public static TheoryData<RolloutState, RolloutTrigger, RolloutState> Ways =>
        new()
        {
            { RolloutState.Running, RolloutTrigger.Deploy, RolloutState.Deploying },
            { RolloutState.Deploying, RolloutTrigger.AllPrepared, RolloutState.HealthCheck },
            { RolloutState.HealthCheck, RolloutTrigger.AllHealthy, RolloutState.Switching },
            { RolloutState.Switching, RolloutTrigger.AllSwitched, RolloutState.Baking },
            { RolloutState.Baking, RolloutTrigger.Proven, RolloutState.Settling },
            { RolloutState.Settling, RolloutTrigger.Settled, RolloutState.Running },
            { RolloutState.Settling, RolloutTrigger.Failed, RolloutState.Running },
            { RolloutState.Deploying, RolloutTrigger.Failed, RolloutState.Rollback },
            { RolloutState.HealthCheck, RolloutTrigger.Failed, RolloutState.Rollback },
            { RolloutState.Switching, RolloutTrigger.Failed, RolloutState.Rollback },
            { RolloutState.Baking, RolloutTrigger.Failed, RolloutState.Rollback },
            { RolloutState.Rollback, RolloutTrigger.Reverted, RolloutState.Running },
        };

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_trigger_leads_to_the_next_state(RolloutState from, RolloutTrigger trigger, RolloutState to) =>
        Assert.Equal(to, RolloutMachine.Next(from, trigger));

    [Fact]
    public void Every_other_trigger_has_no_place()
    {
        var ways = Ways.Select(w => (w.Data.Item1, w.Data.Item2)).ToHashSet();
        var others =
            from state in Enum.GetValues<RolloutState>()
            from trigger in Enum.GetValues<RolloutTrigger>()
            where !ways.Contains((state, trigger))
            select RolloutMachine.Next(state, trigger);
        Assert.All(others, next => Assert.Null(next));
    }

    [Fact]
    public void A_trigger_out_of_place_is_a_fault_and_changes_nothing()
    {
        var machine = new RolloutMachine();
        Assert.Throws<InvalidOperationException>(() => machine.Fire(RolloutTrigger.AllHealthy));
        Assert.Equal(RolloutState.Running, machine.State);
    }
}

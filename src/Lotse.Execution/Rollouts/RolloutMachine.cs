namespace Lotse.Execution.Rollouts;

/// <summary>Where a fleet stands in a rollout.</summary>
public enum RolloutState
{
    /// <summary>One release serves on every host; nothing is under way.</summary>
    Running,

    /// <summary>Hosts are prepared: the old release serves.</summary>
    Deploying,

    /// <summary>New containers start and are judged: the old release serves.</summary>
    HealthCheck,

    /// <summary>Traffic moves.</summary>
    Switching,

    /// <summary>The new release serves and is watched; the old one stays ready.</summary>
    Baking,

    /// <summary>The new release serves; the old one drains and stops.</summary>
    Settling,

    /// <summary>What was begun is undone: the old release serves, or serves again.</summary>
    Rollback,
}

/// <summary>What moves a rollout on.</summary>
public enum RolloutTrigger
{
    /// <summary>A rollout begins.</summary>
    Deploy,

    /// <summary>Every host has network, proxy, accessories and image.</summary>
    AllPrepared,

    /// <summary>Every host has its new containers staged and healthy.</summary>
    AllHealthy,

    /// <summary>Every host serves the new release.</summary>
    AllSwitched,

    /// <summary>The new release did well for the bake window.</summary>
    Proven,

    /// <summary>The old release is stopped, or what could not be is reported.</summary>
    Settled,

    /// <summary>Something failed on some host.</summary>
    Failed,

    /// <summary>Everything begun is undone on every host.</summary>
    Reverted,
}

/// <summary>The states of a rollout and the only ways between them.</summary>
public sealed class RolloutMachine
{
    /// <summary>Where the rollout stands.</summary>
    public RolloutState State { get; private set; } = RolloutState.Running;

    /// <summary>The state that follows; null when the trigger has no place there.</summary>
    public static RolloutState? Next(RolloutState state, RolloutTrigger trigger) =>
        (state, trigger) switch
        {
            (RolloutState.Running, RolloutTrigger.Deploy) => RolloutState.Deploying,
            (RolloutState.Deploying, RolloutTrigger.AllPrepared) => RolloutState.HealthCheck,
            (RolloutState.HealthCheck, RolloutTrigger.AllHealthy) => RolloutState.Switching,
            (RolloutState.Switching, RolloutTrigger.AllSwitched) => RolloutState.Baking,
            (RolloutState.Baking, RolloutTrigger.Proven) => RolloutState.Settling,
            (RolloutState.Settling, RolloutTrigger.Settled) => RolloutState.Running,
            // After the bake window there is no way back by itself: the new release serves everywhere, and settling only clears up.
            (RolloutState.Settling, RolloutTrigger.Failed) => RolloutState.Running,
            (
                RolloutState.Deploying
                    or RolloutState.HealthCheck
                    or RolloutState.Switching
                    or RolloutState.Baking,
                RolloutTrigger.Failed
            ) => RolloutState.Rollback,
            (RolloutState.Rollback, RolloutTrigger.Reverted) => RolloutState.Running,
            _ => null,
        };

    /// <summary>Moves on.</summary>
    /// <exception cref="InvalidOperationException">The trigger has no place in the present state.</exception>
    public RolloutState Fire(RolloutTrigger trigger) =>
        State =
            Next(State, trigger)
            ?? throw new InvalidOperationException($"A rollout that is {State} cannot take {trigger}.");
}

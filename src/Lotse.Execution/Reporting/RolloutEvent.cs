using Lotse.Execution.Ports;
using Lotse.Execution.Rollouts;
using Lotse.Planning.Steps;

namespace Lotse.Execution.Reporting;

/// <summary>Something that happened in a rollout, as data: console, journal and report each make of it what they need.</summary>
public abstract record RolloutEvent;

/// <summary>The rollout entered a state.</summary>
public sealed record StateEntered(RolloutState State) : RolloutEvent;

/// <summary>A step began.</summary>
public sealed record StepStarted(PlanStep Step) : RolloutEvent;

/// <summary>A layer of the image moved on.</summary>
public sealed record LayerMoved(PlanStep Step, LayerProgress Layer) : RolloutEvent;

/// <summary>A step was done.</summary>
public sealed record StepDone(PlanStep Step, TimeSpan Took) : RolloutEvent;

/// <summary>A step failed.</summary>
public sealed record StepFailed(PlanStep Step, Exception Failure) : RolloutEvent;

/// <summary>A step is taken back, because something failed.</summary>
public sealed record StepUndone(PlanStep Step) : RolloutEvent;

/// <summary>A command that is a step wrote a line.</summary>
public sealed record StepOutput(PlanStep Step, string Line) : RolloutEvent;

/// <summary>A hook script wrote a line.</summary>
public sealed record HookLine(string Hook, string Line) : RolloutEvent;

/// <summary>A hook script ended well.</summary>
public sealed record HookDone(string Hook, TimeSpan Took) : RolloutEvent;

/// <summary>Something a person should know, that is no failure.</summary>
public sealed record Remark(string Host, string Text) : RolloutEvent;

/// <summary>Something a person should know and mend, that did not stop the rollout.</summary>
public sealed record Warning(string Host, string Text) : RolloutEvent;

/// <summary>Takes events as they happen; called from several hosts' work at once.</summary>
public interface IRolloutObserver
{
    /// <summary>Takes one event. Must not throw and must not block for long.</summary>
    void Report(RolloutEvent happened);
}

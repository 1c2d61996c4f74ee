using Lotse.Execution.Handlers;
using Lotse.Execution.Ports;
using Lotse.Execution.Reporting;
using Lotse.Planning.Steps;

namespace Lotse.Execution.Rollouts;

/// <summary>
/// Carries out steps, and once more those that a broken connection interrupted, where it makes no difference whether the first attempt was done: the next call
/// connects again.
/// </summary>
internal static class Persistence
{
    /// <summary>Carries out a step of a plan.</summary>
    public static Task HandleAsync(PlanStep step, StepContext context, CancellationToken cancellation) =>
        IsRepeatable(step)
            ? HandleTwiceAsync(step, context, cancellation)
            : StepHandlers.HandleAsync(step, context, cancellation);

    /// <summary>Takes a step back: each of those looks at what is there first, or wants it gone.</summary>
    public static Task UndoAsync(PlanStep undo, StepContext context, CancellationToken cancellation) =>
        HandleTwiceAsync(undo, context, cancellation);

    private static bool IsRepeatable(PlanStep step) =>
        step is PullImage or EnsureNetwork or DrainTarget or StopContainer or RemoveContainer or PruneImages;

    private static async Task HandleTwiceAsync(PlanStep step, StepContext context, CancellationToken cancellation)
    {
        try
        {
            await StepHandlers.HandleAsync(step, context, cancellation);
        }
        catch (HostException broken)
            when (broken.Failure == HostFailure.Unreachable && !cancellation.IsCancellationRequested)
        {
            context.Observer.Report(
                new Remark(step.Host, $"the connection broke; connecting again to {step.Describe()}")
            );
            await StepHandlers.HandleAsync(step, context, cancellation);
        }
    }
}

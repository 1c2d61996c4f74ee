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
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>Carries out a step of a plan.</summary>
    public static Task HandleAsync(PlanStep step, StepContext context, CancellationToken cancellation) =>
        IsRepeatable(step)
            ? HandleTwiceAsync(step, context, cancellation)
            : StepHandlers.HandleAsync(step, context, cancellation);

    /// <summary>
    /// Takes a step back: each of those looks at what is there first, or wants it gone. A host that is away is waited for: the others serve the old release
    /// already, and it may serve the new one.
    /// </summary>
    /// <param name="undo">The step.</param>
    /// <param name="context">What the rollout's steps share.</param>
    /// <param name="confirm">Makes sure, before each attempt, that the host is still ours to change.</param>
    /// <param name="cancellation">The end of the time that taking back may take.</param>
    /// <exception cref="HostException">It failed, or the host is not waited for any longer.</exception>
    public static async Task UndoAsync(
        PlanStep undo,
        StepContext context,
        Func<CancellationToken, Task> confirm,
        CancellationToken cancellation
    )
    {
        if (context.Outages.GivenUp(undo.Host) is { } lost)
        {
            throw Again(lost);
        }

        try
        {
            while (!await TryUndoAsync(undo, context, confirm, cancellation))
            {
                await Task.Delay(Pause, context.Time, cancellation);
            }
        }
        catch (OperationCanceledException) when (context.Outages.LastOf(undo.Host) is { } last)
        {
            throw Again(last);
        }
    }

    /// <returns>False when the host was away, and may come back.</returns>
    private static async Task<bool> TryUndoAsync(
        PlanStep undo,
        StepContext context,
        Func<CancellationToken, Task> confirm,
        CancellationToken cancellation
    )
    {
        var asked = context.Time.GetTimestamp();
        try
        {
            await confirm(cancellation);
            await StepHandlers.HandleAsync(undo, context, cancellation);
            context.Outages.End(undo.Host);
            return true;
        }
        catch (HostException away) when (IsAway(away) && !cancellation.IsCancellationRequested)
        {
            var isFirst = context.Outages.LastOf(undo.Host) is null;
            if (!context.Outages.Take(away, asked))
            {
                throw;
            }

            if (!isFirst)
            {
                return false;
            }

            Tell(undo.Host, undo.Describe(), away, context.Observer);
            return await TryUndoAsync(undo, context, confirm, cancellation);
        }
    }

    private static bool IsAway(HostException failure) =>
        failure.Failure is HostFailure.Unreachable or HostFailure.Silent;

    /// <summary>The same failure, thrown from here.</summary>
    private static HostException Again(HostException failure) =>
        new(failure.Failure, failure.Host, failure.Action, failure.Evidence, failure.Cure, failure);

    private static bool IsRepeatable(PlanStep step) =>
        step is PullImage or EnsureNetwork or DrainTarget or StopContainer or RemoveContainer or PruneImages;

    private static Task HandleTwiceAsync(PlanStep step, StepContext context, CancellationToken cancellation) =>
        TryTwiceAsync(
            step.Host,
            step.Describe(),
            async () =>
            {
                // Before a second attempt much time may have passed, and another deployer taken over.
                await context.ConfirmAsync(step.Host, cancellation);
                await StepHandlers.HandleAsync(step, context, cancellation);
            },
            context.Observer,
            cancellation
        );

    /// <summary>Does something that may be done twice: once more when the connection broke.</summary>
    /// <param name="host">Where.</param>
    /// <param name="what">What it does, for people: <c>pull X</c>.</param>
    /// <param name="work">Does it.</param>
    /// <param name="observer">Is told of the second attempt.</param>
    /// <param name="cancellation">Leaves it at the first.</param>
    public static async Task TryTwiceAsync(
        string host,
        string what,
        Func<Task> work,
        IRolloutObserver observer,
        CancellationToken cancellation
    )
    {
        try
        {
            await work();
        }
        catch (HostException broken)
            when (broken.Failure == HostFailure.Unreachable && !cancellation.IsCancellationRequested)
        {
            Tell(host, what, broken, observer);
            await work();
        }
    }

    private static void Tell(string host, string what, HostException away, IRolloutObserver observer)
    {
        var fact =
            away.Failure == HostFailure.Silent
                ? "the engine is silent; asking again"
                : "the connection broke; connecting again";
        observer.Report(new Remark(host, $"{fact} to {what}"));
    }
}

using Serilog;

namespace Nuke.Common.Execution;

/// <summary>Runs the targets of a plan, one after another.</summary>
internal sealed class BuildExecutor(
    NukeBuild build,
    SkipRules skipRules,
    Func<string, IDisposable> openBlock,
    TimeProvider time
)
{
    private readonly Lock lastResort = new();
    private BuildAttempt? attempt;

    /// <summary>Runs the plan; after a failure only what is assured.</summary>
    /// <param name="current">Where it is noted which targets succeeded.</param>
    /// <exception cref="TargetFailedException">A target failed.</exception>
    public void Run(BuildAttempt current)
    {
        attempt = current;
        try
        {
            foreach (var target in build.ExecutionPlan)
                RunOne(target, isLastResort: false);
        }
        catch
        {
            RunAssured();
            throw;
        }
    }

    /// <summary>Runs the targets that are assured after a failure and still wait for their turn.</summary>
    public void RunAssured()
    {
        // An interrupt may come while a failure is already being dealt with.
        lock (lastResort)
        {
            foreach (var target in build.ScheduledTargets.Where(x => x.Definition.IsAssuredAfterFailure))
                RunOne(target, isLastResort: true);
        }
    }

    private void RunOne(ExecutableTarget target, bool isLastResort)
    {
        // An interrupt settles the plan while it is still being worked through.
        if (target.Status is not (ExecutionStatus.Scheduled or ExecutionStatus.Skipped))
            return;

        if (attempt?.HasSucceeded(target) == true || skipRules.IsSkipped(target))
        {
            target.Status = ExecutionStatus.Skipped;
            build.OnTargetSkipped(target.Name);
        }
        else if (target.Definition.Actions.Count == 0)
        {
            target.Status = ExecutionStatus.Collective;
        }
        else
        {
            using (openBlock(target.Name))
                RunActions(target, isLastResort);
        }
    }

    private void RunActions(ExecutableTarget target, bool isLastResort)
    {
        target.StartedAt = time.GetTimestamp();
        target.Status = ExecutionStatus.Running;
        try
        {
            build.OnTargetRunning(target.Name);
            foreach (var action in target.Definition.Actions)
                action();

            End(target, ExecutionStatus.Succeeded);
            build.OnTargetSucceeded(target.Name);
            attempt?.Succeeded(target);
        }
        catch (Exception exception)
        {
            Fail(target, Unwrap(exception));
            if (!target.Definition.IsProceedAfterFailure && !isLastResort)
                throw new TargetFailedException(exception);
        }
    }

    private void Fail(ExecutableTarget target, Exception exception)
    {
        if (target.SummaryInformation.Count == 0)
            target.SummaryInformation[exception.GetType().Name] = exception.Message.Split('\n')[0].TrimEnd();

        Log.Error(exception, "Target {TargetName} has thrown an exception", target.Name);
        End(target, ExecutionStatus.Failed);
        build.OnTargetFailed(target.Name);
    }

    private void End(ExecutableTarget target, ExecutionStatus status)
    {
        target.Duration = time.GetElapsedTime(target.StartedAt);
        target.Status = status;
    }

    private static Exception Unwrap(Exception exception) =>
        exception is AggregateException { InnerExceptions: [var only] } ? Unwrap(only) : exception;
}

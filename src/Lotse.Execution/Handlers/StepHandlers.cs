using Lotse.Planning.Steps;

namespace Lotse.Execution.Handlers;

/// <summary>Carries out one kind of step.</summary>
internal abstract class StepHandler<TStep> : IStepHandler
    where TStep : PlanStep
{
    public Type StepType => typeof(TStep);

    public Task HandleAsync(PlanStep step, StepContext context, CancellationToken cancellation) =>
        HandleAsync((TStep)step, context, cancellation);

    protected abstract Task HandleAsync(TStep step, StepContext context, CancellationToken cancellation);
}

internal interface IStepHandler
{
    Type StepType { get; }

    Task HandleAsync(PlanStep step, StepContext context, CancellationToken cancellation);
}

/// <summary>All handlers, by the kind of step.</summary>
internal static class StepHandlers
{
    private static readonly Dictionary<Type, IStepHandler> ByStep = new IStepHandler[]
    {
        new EnsureNetworkHandler(),
        new EnsureProxyHandler(),
        new EnsureAccessoryHandler(),
        new PullImageHandler(),
        new RunMigrationHandler(),
        new CreateContainerHandler(),
        new StartContainerHandler(),
        new RestartContainerHandler(),
        new StageTargetHandler(),
        new AwaitRunningHandler(),
        new SwitchTrafficHandler(),
        new RevertTrafficHandler(),
        new AbortStageHandler(),
        new DrainTargetHandler(),
        new RemoveRouteHandler(),
        new StopContainerHandler(),
        new RemoveContainerHandler(),
        new RenameContainerHandler(),
        new PruneImagesHandler(),
    }.ToDictionary(h => h.StepType);

    /// <summary>Carries out a step.</summary>
    public static Task HandleAsync(PlanStep step, StepContext context, CancellationToken cancellation) =>
        ByStep[step.GetType()].HandleAsync(step, context, cancellation);
}

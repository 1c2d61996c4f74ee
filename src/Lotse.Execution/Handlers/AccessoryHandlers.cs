using Lotse.Execution.Ports;
using Lotse.Planning;
using Lotse.Planning.Observed;
using Lotse.Planning.Steps;

namespace Lotse.Execution.Handlers;

/// <summary>
/// Brings an accessory to run. Its data lies on volumes that the old and the new container share, so the old one is stopped before the new one starts, and they
/// never run at once.
/// </summary>
internal sealed class EnsureAccessoryHandler : StepHandler<EnsureAccessory>
{
    /// <summary>How long a data store has to write what it holds and close its files.</summary>
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    protected override async Task HandleAsync(EnsureAccessory step, StepContext context, CancellationToken cancellation)
    {
        var engine = context.HostOf(step).Engine;
        switch (step.Work)
        {
            case AccessoryWork.Create:
                await engine.CreateAsync(step.Spec, cancellation);
                break;
            case AccessoryWork.Replace:
                await PutRightAsync(step, engine, keepsNew: true, cancellation);
                await ReplaceAsync(step, context, engine, cancellation);
                return;
            case AccessoryWork.PutRight:
                await PutRightAsync(step, engine, keepsNew: true, cancellation);
                break;
            default:
                break;
        }

        await StartAsync(step, context, engine, cancellation);
    }

    /// <summary>When the new container does not become healthy, or is not waited for, the old one comes back.</summary>
    private static async Task ReplaceAsync(
        EnsureAccessory step,
        StepContext context,
        IContainerEngine engine,
        CancellationToken cancellation
    )
    {
        var old = Names.Replaced(step.Spec.Name);
        try
        {
            // None of these is given up half-way: the engine would go on with it while it is taken back.
            await engine.RenameAsync(step.Spec.Name, old, CancellationToken.None);
            await engine.CreateAsync(step.Spec, CancellationToken.None);
            await engine.StopAsync(old, StopGrace, CancellationToken.None);
            await StartAsync(step, context, engine, cancellation);
        }
        catch (Exception failure) when (failure is HostException or OperationCanceledException)
        {
            await ComeBackAsync(step, context, engine, failure);
            throw;
        }

        await engine.RemoveAsync(old, cancellation);
    }

    private static async Task ComeBackAsync(
        EnsureAccessory step,
        StepContext context,
        IContainerEngine engine,
        Exception failure
    )
    {
        try
        {
            await PutRightAsync(step, engine, keepsNew: false, CancellationToken.None);
            await StartAsync(step, context, engine, CancellationToken.None);
        }
        catch (HostException stuck)
        {
            throw new HostException(
                stuck.Failure,
                step.Host,
                $"bring the old container of accessory {step.Accessory} back",
                $"{stuck.Evidence}\nIt was to be replaced, but: {failure.Message}",
                "The next deploy or AccessoryReboot puts it right; its data is on its volumes, untouched."
            );
        }
    }

    /// <summary>
    /// What a replacement that was interrupted has left: the old container goes when the new one is known to be well, and comes back otherwise.
    /// </summary>
    private static async Task PutRightAsync(
        EnsureAccessory step,
        IContainerEngine engine,
        bool keepsNew,
        CancellationToken cancellation
    )
    {
        var old = Names.Replaced(step.Spec.Name);
        if (await engine.InspectAsync(old, cancellation) is null)
        {
            return;
        }

        if (await engine.InspectAsync(step.Spec.Name, cancellation) is { } current)
        {
            if (keepsNew && IsWell(current))
            {
                await engine.RemoveAsync(old, cancellation);
                return;
            }

            await engine.StopAsync(step.Spec.Name, StopGrace, cancellation);
            await engine.RemoveAsync(step.Spec.Name, cancellation);
        }

        await engine.RenameAsync(old, step.Spec.Name, cancellation);
    }

    private static bool IsWell(ContainerStatus status) =>
        status is { State: ContainerState.Running, Health: "none" or "healthy" };

    private static async Task StartAsync(
        EnsureAccessory step,
        StepContext context,
        IContainerEngine engine,
        CancellationToken cancellation
    )
    {
        await using var watch = await engine.WatchAsync(step.Spec.Name, cancellation);
        await engine.StartAsync(step.Spec.Name, cancellation);
        using var limit = new CancellationTokenSource(Patience, context.Time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            await AwaitHealthyAsync(step, context, engine, watch, linked.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            var status = await engine.InspectAsync(step.Spec.Name, cancellation);
            throw await FailureAsync(
                step,
                engine,
                $"not healthy after {Patience.TotalSeconds:0} s: {status?.HealthOutput}"
            );
        }
    }

    private static async Task AwaitHealthyAsync(
        EnsureAccessory step,
        StepContext context,
        IContainerEngine engine,
        IContainerWatch watch,
        CancellationToken cancellation
    )
    {
        var ended = ContainerEnd.Of(watch.Exited);
        while (true)
        {
            if (ended.IsCompletedSuccessfully)
            {
                var exit = await watch.Exited;
                throw await FailureAsync(step, engine, $"it exited with code {exit.ExitCode}");
            }

            var status = await engine.InspectAsync(step.Spec.Name, cancellation);
            if (
                status is not null
                && IsWell(status)
                && (status.Health != "none" || await StaysUpAsync(step, context, ended, cancellation))
            )
            {
                return;
            }

            await Task.WhenAny(ended, Task.Delay(Interval, context.Time, cancellation));
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>A data store that does not like what it finds ends soon after it was started.</summary>
    private static async Task<bool> StaysUpAsync(
        EnsureAccessory step,
        StepContext context,
        Task ended,
        CancellationToken cancellation
    )
    {
        var probation = Task.Delay(step.Probation, context.Time, cancellation);
        return await Task.WhenAny(ended, probation) == probation;
    }

    private static async Task<HostException> FailureAsync(EnsureAccessory step, IContainerEngine engine, string fact)
    {
        var log = await engine.TailLogsAsync(step.Spec.Name, 15, CancellationToken.None);
        var lines = string.Concat(log.Select(l => $"\n    | {l}"));
        var cure =
            step.Work == AccessoryWork.Replace
                ? "The old container runs again, with its data. Mend the configuration and try again."
                : $"The container is left as it is: look at it with `docker logs {step.Spec.Name}`, mend its configuration, and deploy again.";
        return new HostException(
            HostFailure.Engine,
            step.Host,
            $"start accessory {step.Accessory}",
            fact + lines,
            cure
        );
    }
}

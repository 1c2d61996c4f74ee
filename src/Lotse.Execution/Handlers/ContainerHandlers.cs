using Lotse.Execution.Ports;
using Lotse.Execution.Reporting;
using Lotse.Planning.Observed;
using Lotse.Planning.Steps;

namespace Lotse.Execution.Handlers;

internal sealed class CreateContainerHandler : StepHandler<CreateContainer>
{
    protected override async Task HandleAsync(CreateContainer step, StepContext context, CancellationToken cancellation)
    {
        var engine = context.HostOf(step).Engine;
        // Watched by its name, from before it is there: that costs no time of its own.
        var watching = engine.WatchAsync(step.Spec.Name, cancellation);
        try
        {
            // Not given up half-way: an engine goes on with what was asked although nobody waits, and taking it back would come too early.
            var id = await engine.CreateAsync(step.Spec, CancellationToken.None);
            context.KeepId(step.Host, step.Spec.Name, id);
        }
        finally
        {
            context.Keep(step.Host, step.Spec.Name, await watching);
        }
    }
}

internal sealed class StartContainerHandler : StepHandler<StartContainer>
{
    protected override async Task HandleAsync(StartContainer step, StepContext context, CancellationToken cancellation)
    {
        var engine = context.HostOf(step).Engine;
        if (context.WatchOf(step.Host, step.Container) is null)
        {
            context.Keep(step.Host, step.Container, await engine.WatchAsync(step.Container, cancellation));
        }

        await engine.StartAsync(step.Container, cancellation);
    }
}

internal sealed class RestartContainerHandler : StepHandler<RestartContainer>
{
    protected override async Task HandleAsync(
        RestartContainer step,
        StepContext context,
        CancellationToken cancellation
    )
    {
        var engine = context.HostOf(step).Engine;
        await engine.StopAsync(step.Container, step.Timeout, cancellation);
        context.Keep(step.Host, step.Container, await engine.WatchAsync(step.Container, cancellation));
        await engine.StartAsync(step.Container, cancellation);
    }
}

internal sealed class RenameContainerHandler : StepHandler<RenameContainer>
{
    protected override async Task HandleAsync(RenameContainer step, StepContext context, CancellationToken cancellation)
    {
        var engine = context.HostOf(step).Engine;
        // Idempotent: when it is taken back, the rename itself may be what failed.
        if (await engine.InspectAsync(step.From, cancellation) is not null)
        {
            // Not given up half-way, as with a creation.
            await engine.RenameAsync(step.From, step.To, CancellationToken.None);
        }
    }
}

internal sealed class RemoveContainerHandler : StepHandler<RemoveContainer>
{
    protected override Task HandleAsync(RemoveContainer step, StepContext context, CancellationToken cancellation) =>
        context.HostOf(step).Engine.RemoveAsync(step.Container, cancellation);
}

internal sealed class StopContainerHandler : StepHandler<StopContainer>
{
    /// <summary>An application that minds SIGTERM ends well within this once its requests are drained.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    protected override async Task HandleAsync(StopContainer step, StepContext context, CancellationToken cancellation)
    {
        var engine = context.HostOf(step).Engine;
        // The engine goes on with the stop, and kills at the end of the grace, whether or not somebody waits for it.
        var stopping = engine.StopAsync(step.Container, step.Timeout, cancellation);
        var patience = Task.Delay(Patience, context.Time, cancellation);
        if (await Task.WhenAny(stopping, patience) == stopping)
        {
            await stopping;
            return;
        }

        context.Observer.Report(
            new Warning(
                step.Host,
                $"{step.Container} has not ended {Patience.TotalSeconds:0} s after SIGTERM, though it has no request left: its process ignores the signal. "
                    + $"The engine kills it after {step.Timeout.TotalSeconds:0} s; the deploy does not wait.\n"
                    + "  → Start the program without a shell in front (ENTRYPOINT [\"program\"], not ENTRYPOINT program), or set `options: { init: true }`, or handle SIGTERM."
            )
        );
        _ = stopping.ContinueWith(
            static ended => _ = ended.Exception,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
    }
}

internal sealed class PruneImagesHandler : StepHandler<PruneImages>
{
    /// <summary>All at once: those that something else uses by now stay.</summary>
    protected override Task HandleAsync(PruneImages step, StepContext context, CancellationToken cancellation)
    {
        var engine = context.HostOf(step).Engine;
        return Task.WhenAll(step.Images.Select(name => engine.RemoveImageAsync(name, cancellation)));
    }
}

internal sealed class AwaitRunningHandler : StepHandler<AwaitRunning>
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    protected override async Task HandleAsync(AwaitRunning step, StepContext context, CancellationToken cancellation)
    {
        var host = context.HostOf(step);
        var exited = context.WatchOf(step.Host, step.Container)?.Exited;
        using var limit = new CancellationTokenSource(step.Timeout, context.Time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        var ready = ReadyAsync(step, context, host.Engine, linked.Token);
        if (await Task.WhenAny(ready, ContainerEnd.Of(exited)) == ready && !limit.IsCancellationRequested)
        {
            await ready;
            return;
        }

        cancellation.ThrowIfCancellationRequested();
        throw await HealthEvidence.FailureAsync(step.Host, step.Container, null, null, exited, context);
    }

    /// <summary>A container with a health check of its own is ready when that says so, any other one when it has run for the readiness delay.</summary>
    private static async Task ReadyAsync(
        AwaitRunning step,
        StepContext context,
        IContainerEngine engine,
        CancellationToken cancellation
    )
    {
        var delay = Task.Delay(step.ReadinessDelay, context.Time, cancellation);
        while (true)
        {
            var status = await engine.InspectAsync(step.Container, cancellation);
            if (
                status?.Health == "healthy"
                || (delay.IsCompletedSuccessfully && status is { State: ContainerState.Running, Health: "none" })
            )
            {
                return;
            }

            await Task.Delay(Interval, context.Time, cancellation);
        }
    }
}

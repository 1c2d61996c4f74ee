using Lotse.Execution.Ports;
using Lotse.Execution.Reporting;
using Lotse.Planning.Observed;
using Lotse.Planning.Steps;

namespace Lotse.Execution.Handlers;

internal sealed class StageTargetHandler : StepHandler<StageTarget>
{
    private static readonly TimeSpan AbortLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AbortPause = TimeSpan.FromMilliseconds(100);

    protected override async Task HandleAsync(StageTarget step, StepContext context, CancellationToken cancellation)
    {
        var host = context.HostOf(step);
        var id = context.IdOf(step.Host, step.Container) ?? await FindIdAsync(host, step, cancellation);
        var target = $"{id[..12]}:{step.Route.Port}";
        context.KeepTarget(step.Host, step.Route.Service, target);
        using var stop = new CancellationTokenSource();
        var exited = context.WatchOf(step.Host, step.Container)?.Exited;
        var staging = host.Proxy.StageAsync(step.Route, target, stop.Token);
        var cancelled = Task.Delay(Timeout.InfiniteTimeSpan, context.Time, cancellation);
        await Task.WhenAny(staging, ContainerEnd.Of(exited), cancelled);
        if (!staging.IsCompleted)
        {
            await GiveUpAsync(step, target, staging, stop, context);
            cancellation.ThrowIfCancellationRequested();
            throw await HealthEvidence.FailureAsync(step.Host, step.Container, step.Route, null, exited, context);
        }

        var outcome = await staging;
        if (!outcome.Healthy)
        {
            throw await HealthEvidence.FailureAsync(step.Host, step.Container, step.Route, outcome, exited, context);
        }
    }

    /// <summary>
    /// Aborts until the proxy has answered the command: one that is still on its way there would stage the target after all has been taken back.
    /// </summary>
    private static async Task GiveUpAsync(
        StageTarget step,
        string target,
        Task staging,
        CancellationTokenSource stop,
        StepContext context
    )
    {
        var time = context.Time;
        var start = time.GetTimestamp();
        try
        {
            while (!staging.IsCompleted && time.GetElapsedTime(start) < AbortLimit)
            {
                // What is staged there may be another deployer's by now, and that may be why this one gives up.
                await context.ConfirmAsync(step.Host, CancellationToken.None);
                await context.HostOf(step).Proxy.AbortAsync(step.Route.Service, target, CancellationToken.None);
                await Task.WhenAny(staging, Task.Delay(AbortPause, time));
            }
        }
        finally
        {
            await stop.CancelAsync();
            // What it ended with is of no interest any more: it was aborted.
            await staging.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task<string> FindIdAsync(IHost host, StageTarget step, CancellationToken cancellation) =>
        (await host.Engine.InspectAsync(step.Container, cancellation))?.Id
        ?? throw new HostException(
            HostFailure.Conflict,
            step.Host,
            $"stage {step.Container}",
            "the container is gone",
            "Something removed it while the rollout ran. Deploy again."
        );
}

internal sealed class SwitchTrafficHandler : StepHandler<SwitchTraffic>
{
    protected override async Task HandleAsync(SwitchTraffic step, StepContext context, CancellationToken cancellation)
    {
        var exited = context.WatchOf(step.Host, step.Container)?.Exited;
        if (exited?.IsCompletedSuccessfully == true || await HasEndedUnseenAsync(step, context, exited, cancellation))
        {
            throw await HealthEvidence.FailureAsync(step.Host, step.Container, null, null, exited, context);
        }

        var target =
            context.TargetOf(step.Host, step.ProxyService)
            ?? throw new InvalidOperationException($"{step.Container} was not staged before the switch.");
        context.KeepSwitch(step.Host, step.ProxyService);
        // Not given up half-way: the host would go on with it, and might switch after all has been taken back.
        await context.HostOf(step).Proxy.SwitchAsync(step.ProxyService, target, CancellationToken.None);
    }

    /// <summary>Whether the container has ended although nothing told so: the watch broke.</summary>
    private static async Task<bool> HasEndedUnseenAsync(
        SwitchTraffic step,
        StepContext context,
        Task<ContainerExit>? exited,
        CancellationToken cancellation
    ) =>
        exited?.IsFaulted == true
        && await context.HostOf(step).Engine.InspectAsync(step.Container, cancellation)
            is not { State: ContainerState.Running };
}

internal sealed class RevertTrafficHandler : StepHandler<RevertTraffic>
{
    protected override async Task HandleAsync(RevertTraffic step, StepContext context, CancellationToken cancellation)
    {
        // One that was not sent has moved nothing, whatever has the traffic: a container that is started again may have had it before.
        if (context.SwitchOf(step.Host, step.ProxyService) is not { } target)
        {
            return;
        }

        var host = context.HostOf(step);
        // A switch whose answer was lost may still be on its way: with nothing staged it is refused.
        await host.Proxy.AbortAsync(step.ProxyService, target, cancellation);
        var service = (await host.Proxy.ListAsync(cancellation)).FirstOrDefault(s => s.Name == step.ProxyService);
        // The switch itself may be what failed: go back only when the traffic did move.
        if (service?.Active == target)
        {
            await host.Proxy.RevertAsync(step.ProxyService, target, cancellation);
        }
    }
}

internal sealed class AbortStageHandler : StepHandler<AbortStage>
{
    protected override async Task HandleAsync(AbortStage step, StepContext context, CancellationToken cancellation)
    {
        var own = context.TargetOf(step.Host, step.ProxyService);
        // Of an earlier rollout whatever it left; of this one what it staged, and nothing when it came to nothing.
        if (own is not null || !step.IsOwn)
        {
            await context.HostOf(step).Proxy.AbortAsync(step.ProxyService, own, cancellation);
        }
    }
}

internal sealed class RemoveRouteHandler : StepHandler<RemoveRoute>
{
    protected override Task HandleAsync(RemoveRoute step, StepContext context, CancellationToken cancellation) =>
        context.HostOf(step).Proxy.RemoveAsync(step.ProxyService, cancellation);
}

internal sealed class DrainTargetHandler : StepHandler<DrainTarget>
{
    protected override async Task HandleAsync(DrainTarget step, StepContext context, CancellationToken cancellation)
    {
        var target = context.TargetOf(step.Host, step.ProxyService);
        var cut = await context.HostOf(step).Proxy.DrainAsync(step.ProxyService, target, step.Timeout, cancellation);
        if (cut > 0)
        {
            context.Observer.Report(
                new Warning(
                    step.Host,
                    $"{cut} request(s) to the old release were still open after {step.Timeout.TotalSeconds:0} s and were cut off.\n"
                        + "  → Raise drain_timeout if such requests matter, or let the client reconnect."
                )
            );
        }
    }
}

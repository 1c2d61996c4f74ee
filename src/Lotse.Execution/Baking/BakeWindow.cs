using Lotse.Configuration;
using Lotse.Execution.Handlers;
using Lotse.Execution.Ports;
using Lotse.Planning.Observed;
using Lotse.Planning.Steps;

namespace Lotse.Execution.Baking;

/// <summary>Watches a release that has just got the traffic, until the window is over or the release turns bad.</summary>
internal sealed class BakeWindow(BakeProbe probe, BakeConfig config, StepContext context)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>The failure, with the switch that it calls in question; null when the release did well.</summary>
    public async Task<(PlanStep Step, Exception Failure)?> WatchAsync(CancellationToken cancellation)
    {
        var end = Task.Delay(config.Window, context.Time, cancellation);
        var before = await ReadAsync(cancellation);
        // At least one judgement, however long the first reading took.
        do
        {
            await Task.WhenAny(end, probe.Exited, Task.Delay(Interval, context.Time, cancellation));
            cancellation.ThrowIfCancellationRequested();
            if (await JudgeAsync(before, cancellation) is { } failure)
            {
                return failure;
            }
        } while (!end.IsCompleted);

        return null;
    }

    /// <summary>The proxies serve on without their deployer: a connection to one that broke says nothing of the release, and is made anew.</summary>
    private async Task<Dictionary<SwitchTraffic, ProxiedService?>> ReadAsync(CancellationToken cancellation)
    {
        try
        {
            return await probe.ReadAsync(cancellation);
        }
        catch (HostException broken)
            when (broken.Failure is HostFailure.Unreachable or HostFailure.Silent
                && !cancellation.IsCancellationRequested
            )
        {
            return await probe.ReadAsync(cancellation);
        }
    }

    private async Task<(PlanStep Step, Exception Failure)?> JudgeAsync(
        Dictionary<SwitchTraffic, ProxiedService?> before,
        CancellationToken cancellation
    )
    {
        if (probe.FindEnded() is var (host, container, exit))
        {
            var step = probe.Switched.FirstOrDefault(s => s.Host == host) ?? probe.Switched[0];
            return (step, await HealthEvidence.FailureAsync(host, container, null, null, exit, context));
        }

        foreach (var (step, now) in await ReadAsync(cancellation))
        {
            if (BakeRule.Judge(config, before.GetValueOrDefault(step), now) is { } fact)
            {
                var log = await context.HostOf(step).Engine.TailLogsAsync(step.Container, 15, cancellation);
                return (step, new ReleaseTurnedBadException(step.Host, step.Container, fact, log));
            }
        }

        return null;
    }
}

using System.Collections.Immutable;
using Lotse.Execution.Health;
using Lotse.Execution.Ports;
using Lotse.Planning.Steps;

namespace Lotse.Execution.Handlers;

/// <summary>Collects what there is to know about a container that did not become healthy.</summary>
internal static class HealthEvidence
{
    private const int LogLines = 15;

    public static async Task<UnhealthyException> FailureAsync(
        string hostName,
        string container,
        ProxyRoute? route,
        StageOutcome? probe,
        Task<ContainerExit>? exited,
        StepContext context
    )
    {
        // The evidence is collected although the rollout may be cancelled by now: within a limit of its own.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10), context.Time);
        var engine = context.HostOf(new RemoveContainer(hostName, container, "")).Engine;
        var exit = exited?.IsCompletedSuccessfully == true ? await exited : null;
        var status = await engine.InspectAsync(container, limit.Token);
        var evidence = new Evidence
        {
            Container = container,
            Route = route,
            Probe = probe,
            Exit = exit is null ? null : exit with { OutOfMemory = exit.OutOfMemory || status?.OutOfMemory == true },
            Status = status,
            Log = await engine.TailLogsAsync(container, LogLines, limit.Token),
            Listening = exit is null ? await ListeningAsync(engine, container, context, limit.Token) : null,
        };
        return new UnhealthyException(hostName, evidence, Diagnosis.Of(evidence));
    }

    private static async Task<ImmutableArray<string>?> ListeningAsync(
        IContainerEngine engine,
        string container,
        StepContext context,
        CancellationToken cancellation
    )
    {
        try
        {
            return await engine.GetListeningPortsAsync(container, context.ProxyImage, cancellation);
        }
        catch (HostException)
        {
            // The container may have ended in between, or the helper cannot run on this host: the report says "unknown" then.
            return null;
        }
    }
}

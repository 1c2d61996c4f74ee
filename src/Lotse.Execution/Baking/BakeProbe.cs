using Lotse.Execution.Handlers;
using Lotse.Execution.Ports;
using Lotse.Planning.Observed;
using Lotse.Planning.Steps;

namespace Lotse.Execution.Baking;

/// <summary>Asks the proxies how the requests to the switched services were answered, and sees containers end.</summary>
internal sealed class BakeProbe(StepContext context, IReadOnlyList<SwitchTraffic> switched)
{
    /// <summary>The switches by which the new release got the traffic.</summary>
    public IReadOnlyList<SwitchTraffic> Switched => switched;

    /// <summary>Completes when a container of the rollout ends.</summary>
    public Task Exited { get; } =
        Task.WhenAny(context.Watches.Select(w => ContainerEnd.Of(w.Value.Exited)).Append(ContainerEnd.Never));

    /// <summary>The first container that has ended; null when all run.</summary>
    public (string Host, string Container, Task<ContainerExit> Exit)? FindEnded() =>
        context.Watches.Where(w => w.Value.Exited.IsCompletedSuccessfully).ToList() is [var (at, watch), ..]
            ? (at.Host, at.Container, watch.Exited)
            : null;

    /// <summary>What the proxy says of each switched service now, all hosts asked at once; null where it does not know the service.</summary>
    public async Task<Dictionary<SwitchTraffic, ProxiedService?>> ReadAsync(CancellationToken cancellation)
    {
        var byHost = await Task.WhenAll(
            switched
                .GroupBy(s => s.Host)
                .Select(async host =>
                    (host, Services: await context.HostOf(host.First()).Proxy.ListAsync(cancellation))
                )
        );
        return byHost
            .SelectMany(h =>
                h.host.Select(s => (s, h.Services.FirstOrDefault(service => service.Name == s.ProxyService)))
            )
            .ToDictionary(s => s.s, s => s.Item2);
    }
}

using System.Collections.Immutable;
using Lotse.Execution.Ports;
using Lotse.Planning.Observed;
using Lotse.Planning.Steps;

namespace Lotse.EndToEnd.Host;

/// <summary>What the deployer is about to tell a proxy, or has told it.</summary>
public enum ProxyMoment
{
    /// <summary>A target is about to be staged.</summary>
    BeforeStage,

    /// <summary>A target is staged and healthy, or not.</summary>
    AfterStage,

    /// <summary>The traffic is about to move.</summary>
    BeforeSwitch,

    /// <summary>The traffic moved.</summary>
    AfterSwitch,

    /// <summary>The old target is about to be drained.</summary>
    BeforeDrain,
}

/// <summary>A moment on a host.</summary>
/// <param name="Host">The host's name.</param>
/// <param name="Moment">Which one.</param>
public sealed record ProxyEvent(string Host, ProxyMoment Moment);

/// <summary>Lets a test act at certain moments of a rollout, which waits meanwhile.</summary>
internal sealed class WatchedProxy(string host, IEdgeProxy inner, Func<ProxyEvent, Task> watch) : IEdgeProxy
{
    public Task AwaitReadyAsync(CancellationToken cancellation) => inner.AwaitReadyAsync(cancellation);

    public Task<ImmutableArray<ProxiedService>> ListAsync(CancellationToken cancellation) =>
        inner.ListAsync(cancellation);

    public async Task<StageOutcome> StageAsync(ProxyRoute route, string target, CancellationToken cancellation)
    {
        await TellAsync(ProxyMoment.BeforeStage);
        var outcome = await inner.StageAsync(route, target, cancellation);
        await TellAsync(ProxyMoment.AfterStage);
        return outcome;
    }

    public async Task SwitchAsync(string service, string target, CancellationToken cancellation)
    {
        await TellAsync(ProxyMoment.BeforeSwitch);
        await inner.SwitchAsync(service, target, cancellation);
        await TellAsync(ProxyMoment.AfterSwitch);
    }

    public Task RevertAsync(string service, string target, CancellationToken cancellation) =>
        inner.RevertAsync(service, target, cancellation);

    public Task AbortAsync(string service, string? target, CancellationToken cancellation) =>
        inner.AbortAsync(service, target, cancellation);

    public async Task<int> DrainAsync(string service, string? target, TimeSpan timeout, CancellationToken cancellation)
    {
        await TellAsync(ProxyMoment.BeforeDrain);
        return await inner.DrainAsync(service, target, timeout, cancellation);
    }

    public Task<int> PauseAsync(
        string service,
        TimeSpan drainTimeout,
        TimeSpan maxPause,
        CancellationToken cancellation
    ) => inner.PauseAsync(service, drainTimeout, maxPause, cancellation);

    public Task<int> StopAsync(string service, TimeSpan drainTimeout, string message, CancellationToken cancellation) =>
        inner.StopAsync(service, drainTimeout, message, cancellation);

    public Task ResumeAsync(string service, CancellationToken cancellation) => inner.ResumeAsync(service, cancellation);

    public Task RemoveAsync(string service, CancellationToken cancellation) => inner.RemoveAsync(service, cancellation);

    private Task TellAsync(ProxyMoment moment) => watch(new ProxyEvent(host, moment));
}

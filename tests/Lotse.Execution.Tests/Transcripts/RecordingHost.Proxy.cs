using System.Collections.Immutable;
using Lotse.Execution.Ports;
using Lotse.Planning.Observed;
using Lotse.Planning.Steps;

namespace Lotse.Execution.Tests.Transcripts;

/// <summary>Its edge proxy.</summary>
internal sealed partial class RecordingHost
{
    /// <summary>How the proxy has answered so far; null when it does not count.</summary>
    public Func<TrafficCount?> Traffic { get; set; } = () => null;

    public Task AwaitReadyAsync(CancellationToken cancellation) =>
        IsProxySilent ? Task.FromException(Silence()) : Task.CompletedTask;

    /// <summary>Whether the proxy runs and answers nothing.</summary>
    public bool IsProxySilent { get; set; }

    /// <summary>A route that another service has there.</summary>
    public void RouteFor(string service) => services[service] = new ProxiedService(service, null, null, null);

    private HostException Silence() => new(HostFailure.Proxy, name, "edge proxy, list", "it is silent", "See its log.");

    public Task<ImmutableArray<ProxiedService>> ListAsync(CancellationToken cancellation) =>
        IsProxySilent
            ? Task.FromException<ImmutableArray<ProxiedService>>(Silence())
            : Task.FromResult(
                services
                    .Values.Select(s =>
                        s with
                        {
                            Traffic = Traffic(),
                            IsHealthy = s.Active is { } active ? PassesProbes(VersionOf(active)) : null,
                        }
                    )
                    .ToImmutableArray()
            );

    /// <summary>Whether a version that has the traffic passed its last probe; null when none was made.</summary>
    public Func<string, bool?> PassesProbes { get; set; } = _ => null;

    public async Task<StageOutcome> StageAsync(ProxyRoute route, string target, CancellationToken cancellation)
    {
        var version = VersionOf(target);
        Do($"stage {route.Service} at {version}");
        if (!IsHealthy(version))
        {
            return new StageOutcome
            {
                Healthy = false,
                ProbeUrl = $"http://{version}/up",
                Attempts = 3,
                Status = 500,
                Failure = ProbeFailure.Status,
            };
        }

        services[route.Service] = Service(route.Service) with { Staged = target };
        await OnStaged();
        return new StageOutcome { Healthy = true };
    }

    /// <summary>Is called, and waited for, when a target is staged and its deployer does not know it yet.</summary>
    public Func<Task> OnStaged { get; set; } = () => Task.CompletedTask;

    public async Task SwitchAsync(string service, string target, CancellationToken cancellation)
    {
        Do($"switch {service}");
        var before = Service(service);
        Require(service, before.Staged, target);
        services[service] = before with { Active = before.Staged, Staged = null, Previous = before.Active };
        await OnSwitched();
        if (AnswerIsLost($"switch {service}") is { } lost)
        {
            throw lost;
        }
    }

    /// <summary>Is called, and waited for, when the traffic has moved and the deployer does not know it yet.</summary>
    public Func<Task> OnSwitched { get; set; } = () => Task.CompletedTask;

    public Task RevertAsync(string service, string target, CancellationToken cancellation)
    {
        Do($"revert {service}");
        var before = Service(service);
        Require(service, before.Active, target);
        services[service] = before with { Active = before.Previous, Previous = null };
        return Task.CompletedTask;
    }

    public Task AbortAsync(string service, string? target, CancellationToken cancellation)
    {
        Do($"abort {service}");
        var before = Service(service);
        services[service] = before with { Staged = target is null || before.Staged == target ? null : before.Staged };
        return Task.CompletedTask;
    }

    private void Require(string service, string? found, string? target)
    {
        if (found != target)
        {
            throw new HostException(HostFailure.Proxy, name, $"move {service}", $"{found} and not {target}", "");
        }
    }

    public async Task<int> DrainAsync(string service, string? target, TimeSpan timeout, CancellationToken cancellation)
    {
        await OnDrain();
        Do($"drain {service}");
        Require(service, Service(service).Active, target ?? Service(service).Active);
        services[service] = Service(service) with { Previous = null };
        return 0;
    }

    /// <summary>Is called, and waited for, when a drain was asked for.</summary>
    public Func<Task> OnDrain { get; set; } = () => Task.CompletedTask;

    Task<int> IEdgeProxy.PauseAsync(
        string service,
        TimeSpan drainTimeout,
        TimeSpan maxPause,
        CancellationToken cancellation
    ) => Hold($"pause {service}", service, ProxiedMode.Paused);

    Task<int> IEdgeProxy.StopAsync(
        string service,
        TimeSpan drainTimeout,
        string message,
        CancellationToken cancellation
    ) => Hold($"stop {service}: {message}", service, ProxiedMode.Stopped);

    Task IEdgeProxy.ResumeAsync(string service, CancellationToken cancellation) =>
        Hold($"resume {service}", service, ProxiedMode.Running);

    private Task<int> Hold(string call, string service, ProxiedMode mode)
    {
        Do(call);
        services[service] = Service(service) with { Mode = mode };
        return Task.FromResult(0);
    }

    Task IEdgeProxy.RemoveAsync(string service, CancellationToken cancellation)
    {
        Do($"remove route {service}");
        services.Remove(service);
        return Task.CompletedTask;
    }

    private ProxiedService Service(string service) =>
        services.GetValueOrDefault(service, new ProxiedService(service, null, null, null));
}

using System.Collections.Concurrent;
using Lotse.Execution.Deployments;
using Lotse.Execution.Hooks;
using Lotse.Execution.Leases;
using Lotse.Execution.Ports;
using Lotse.Execution.Reporting;
using Lotse.Execution.Rollouts;
using Lotse.Planning.Steps;

namespace Lotse.Execution.Handlers;

/// <summary>What the handlers of one rollout share.</summary>
public sealed class StepContext(
    IReadOnlyDictionary<string, IHost> hosts,
    DeploymentServices services,
    IImageRegistry registry,
    ArchiveDelivery archives,
    HookCalls hooks
) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<(string Host, string Container), IContainerWatch> watches = new();
    private readonly ConcurrentDictionary<(string Host, string Container), string> ids = new();
    private readonly ConcurrentDictionary<(string Host, string Service), string> targets = new();
    private readonly ConcurrentDictionary<(string Host, string Service), string> switches = new();
    private readonly ConcurrentBag<Task> later = [];
    private readonly SemaphoreSlim proxyTurn = new(1);

    /// <summary>Where events go.</summary>
    public IRolloutObserver Observer => services.Observer;

    /// <summary>The clock.</summary>
    public TimeProvider Time => services.Time;

    /// <summary>The proxy's image, which also serves as the helper that looks into a container's network namespace.</summary>
    public string ProxyImage => services.ProxyImages.ImageName;

    /// <summary>The registry that the release travels through.</summary>
    public IImageRegistry Registry => registry;

    /// <summary>The way to hosts that the registry cannot be reached from.</summary>
    public ArchiveDelivery Archives => archives;

    /// <summary>Hosts that do not answer while the rollout is taken back.</summary>
    internal Outages Outages { get; } = new(services.Patience, services.Time);

    /// <summary>The user's hook scripts.</summary>
    public HookCalls Hooks => hooks;

    /// <summary>The names of all hosts, those of the primary role first.</summary>
    public IEnumerable<string> HostNames => hosts.Keys;

    /// <summary>The host of a step.</summary>
    public IHost HostOf(PlanStep step) => HostOf(step.Host);

    /// <summary>The host of a name.</summary>
    public IHost HostOf(string name) => hosts[name];

    /// <summary>The leases that the rollout took.</summary>
    public IReadOnlyList<Lease> Leases { get; init; } = [];

    /// <summary>
    /// Makes sure of a host's lease before anything is changed there: a deployer that slept, with its machine or by itself, wakes up in the middle of its work
    /// and must not go on where another one took over meanwhile.
    /// </summary>
    /// <exception cref="LeaseLostException">It is another one's.</exception>
    public Task ConfirmAsync(string host, CancellationToken cancellation) =>
        Task.WhenAll(Leases.Where(l => l.Host == host).Select(l => l.ConfirmAsync(cancellation)));

    /// <summary>Keeps the watch of a container that was started, until the rollout ends.</summary>
    public void Keep(string host, string container, IContainerWatch watch) => watches[(host, container)] = watch;

    /// <summary>The watches of all containers that this rollout started.</summary>
    public IReadOnlyCollection<KeyValuePair<(string Host, string Container), IContainerWatch>> Watches => [.. watches];

    /// <summary>The watch of a container this rollout started; null for one that ran before.</summary>
    public IContainerWatch? WatchOf(string host, string container) => watches.GetValueOrDefault((host, container));

    /// <summary>Keeps the id of a container that was created.</summary>
    public void KeepId(string host, string container, string id) => ids[(host, container)] = id;

    /// <summary>The id of a container this rollout created; null for one that was there before.</summary>
    public string? IdOf(string host, string container) => ids.GetValueOrDefault((host, container));

    /// <summary>Keeps what a proxy was told to stage.</summary>
    public void KeepTarget(string host, string service, string target) => targets[(host, service)] = target;

    /// <summary>The target that this rollout staged; null when it has staged none.</summary>
    public string? TargetOf(string host, string service) => targets.GetValueOrDefault((host, service));

    /// <summary>Keeps that a proxy is about to be told to move the traffic to what is staged.</summary>
    public void KeepSwitch(string host, string service) => switches[(host, service)] = targets[(host, service)];

    /// <summary>The target that this rollout told a proxy to move the traffic to, whatever came of it; null when it has told none.</summary>
    public string? SwitchOf(string host, string service) => switches.GetValueOrDefault((host, service));

    /// <summary>Waits until no edge proxy of another host is being replaced; whoever is given the turn disposes of it.</summary>
    public async Task<IDisposable> TakeProxyTurnAsync(CancellationToken cancellation)
    {
        await proxyTurn.WaitAsync(cancellation);
        return new Turn(proxyTurn);
    }

    /// <summary>Begins something that nothing waits for but the end of the rollout.</summary>
    public void Later(string host, Func<Task> work) => later.Add(WarnAsync(host, work));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(later);
        later.Clear();
        foreach (var watch in watches.Values)
        {
            await watch.DisposeAsync();
        }

        watches.Clear();
        proxyTurn.Dispose();
    }

    private sealed class Turn(SemaphoreSlim of) : IDisposable
    {
        public void Dispose() => of.Release();
    }

    private async Task WarnAsync(string host, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (HostException failure)
        {
            Observer.Report(new Warning(host, failure.Message));
        }
    }
}

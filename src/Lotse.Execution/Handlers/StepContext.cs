using System.Collections.Concurrent;
using Lotse.Execution.Deployments;
using Lotse.Execution.Hooks;
using Lotse.Execution.Ports;
using Lotse.Execution.Reporting;
using Lotse.Planning.Steps;

namespace Lotse.Execution.Handlers;

/// <summary>What the handlers of one rollout share.</summary>
public sealed class StepContext(IReadOnlyDictionary<string, IHost> hosts, DeploymentServices services, HookCalls hooks)
    : IAsyncDisposable
{
    private readonly ConcurrentDictionary<(string Host, string Container), IContainerWatch> watches = new();

    /// <summary>Where events go.</summary>
    public IRolloutObserver Observer => services.Observer;

    /// <summary>The clock.</summary>
    public TimeProvider Time => services.Time;

    /// <summary>The proxy's image, which also serves as the helper that looks into a container's network namespace.</summary>
    public string ProxyImage => services.ProxyImages.ImageName;

    /// <summary>The registry that images travel through.</summary>
    public IImageRegistry Registry => services.Registry;

    /// <summary>The user's hook scripts.</summary>
    public HookCalls Hooks => hooks;

    /// <summary>The names of all hosts, those of the primary role first.</summary>
    public IEnumerable<string> HostNames => hosts.Keys;

    /// <summary>The host of a step.</summary>
    public IHost HostOf(PlanStep step) => hosts[step.Host];

    /// <summary>Keeps the watch of a container that was started, until the rollout ends.</summary>
    public void Keep(string host, string container, IContainerWatch watch) => watches[(host, container)] = watch;

    /// <summary>The watches of all containers that this rollout started.</summary>
    public IReadOnlyCollection<KeyValuePair<(string Host, string Container), IContainerWatch>> Watches => [.. watches];

    /// <summary>The watch of a container this rollout started; null for one that ran before.</summary>
    public IContainerWatch? WatchOf(string host, string container) => watches.GetValueOrDefault((host, container));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var watch in watches.Values)
        {
            await watch.DisposeAsync();
        }

        watches.Clear();
    }
}

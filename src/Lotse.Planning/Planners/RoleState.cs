using System.Collections.Immutable;
using Lotse.Planning.Observed;

namespace Lotse.Planning.Planners;

/// <summary>What there is of one role on one host, sorted by what it means.</summary>
internal sealed class RoleState
{
    public RoleState(ObservedHost host, string role, string? proxyService)
    {
        Containers = [.. host.Containers.Where(c => c.Role == role).OrderByDescending(c => c.CreatedAt)];
        Route = host.Proxy?.Services.FirstOrDefault(s => s.Name == proxyService);
        var served = host.History.Select(p => p.Rollout).ToHashSet();
        Active = proxyService is null
            ? Containers.FirstOrDefault(c => c.IsRunning && IsServed(c, served))
            : Containers.FirstOrDefault(c => IsTarget(Route?.Active, c));
        Leftovers = [.. Containers.Where(c => c != Active && !IsServed(c, served))];
        Superseded = [.. Containers.Where(c => c != Active && IsServed(c, served))];
    }

    /// <summary>All containers of the role, newest first.</summary>
    public ImmutableArray<ObservedContainer> Containers { get; }

    /// <summary>What the proxy knows of the role; null when nothing, or when the role is not proxied.</summary>
    public ProxiedService? Route { get; }

    /// <summary>The container that serves.</summary>
    public ObservedContainer? Active { get; }

    /// <summary>Containers of rollouts that never came to their switch.</summary>
    public ImmutableArray<ObservedContainer> Leftovers { get; }

    /// <summary>Containers that served once, running or kept for a rollback, newest first.</summary>
    public ImmutableArray<ObservedContainer> Superseded { get; }

    /// <summary>Whether the proxy's target is this container: it is named by the short id.</summary>
    private static bool IsTarget(string? target, ObservedContainer container) =>
        target is not null && target.StartsWith($"{container.ShortId}:", StringComparison.Ordinal);

    /// <summary>
    /// A container that another tool made (no rollout) counts as one that served: it is never taken for a leftover. Nor is one that has ended: a dead deployer
    /// leaves its containers running or not yet started, and the log of who served may be that of another user of this machine.
    /// </summary>
    private static bool IsServed(ObservedContainer container, HashSet<string> served) =>
        container.Rollout.Length == 0 || container.State == ContainerState.Exited || served.Contains(container.Rollout);
}

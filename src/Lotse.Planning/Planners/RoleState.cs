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
        bool IsLeftover(ObservedContainer c) => !served.Contains(c.Rollout) && IsUnfinished(c, host.Interrupted);
        // What runs where nothing has served may be all that is left of the role: better that than none.
        Active = proxyService is null
            ? Containers.FirstOrDefault(c => c.IsRunning && !IsLeftover(c))
                ?? Containers.FirstOrDefault(c => c.IsRunning)
            : Containers.FirstOrDefault(c => IsTarget(Route?.Active, c));
        Leftovers = [.. Containers.Where(c => c != Active && IsLeftover(c))];
        Superseded = [.. Containers.Where(c => c != Active && !IsLeftover(c))];
    }

    /// <summary>All containers of the role, newest first.</summary>
    public ImmutableArray<ObservedContainer> Containers { get; }

    /// <summary>What the proxy knows of the role; null when nothing, or when the role is not proxied.</summary>
    public ProxiedService? Route { get; }

    /// <summary>The container that serves.</summary>
    public ObservedContainer? Active { get; }

    /// <summary>Containers of rollouts that came neither to their switch nor to their end.</summary>
    public ImmutableArray<ObservedContainer> Leftovers { get; }

    /// <summary>Containers that served once, running or kept for a rollback, newest first.</summary>
    public ImmutableArray<ObservedContainer> Superseded { get; }

    /// <summary>Whether the proxy's target is this container: it is named by the short id.</summary>
    private static bool IsTarget(string? target, ObservedContainer container) =>
        target is not null && target.StartsWith($"{container.ShortId}:", StringComparison.Ordinal);

    /// <summary>
    /// Only what is known to be of no use: a rollout made it that has no end in the journal, or it was never started. That the audit log does not know it says
    /// little: a line of it may be lost, or stand in another user's log. What another tool made (no rollout) is never one.
    /// </summary>
    private static bool IsUnfinished(ObservedContainer container, ImmutableArray<string> interrupted) =>
        container.Rollout.Length > 0
        && (container.State == ContainerState.Created || interrupted.Contains(container.Rollout));
}

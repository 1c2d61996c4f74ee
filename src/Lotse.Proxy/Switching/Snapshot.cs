using System.Collections.Immutable;
using Lotse.Proxy.Routing;

namespace Lotse.Proxy.Switching;

/// <summary>All services at one moment, and the routes to them. Immutable: requests read whichever is current, without a lock.</summary>
internal sealed class Snapshot(ImmutableDictionary<string, ServiceState> services)
{
    public static Snapshot Empty { get; } = new(ImmutableDictionary<string, ServiceState>.Empty);

    public ImmutableDictionary<string, ServiceState> Services => services;

    public RouteTable Routes { get; } = RouteTable.Build(services.Values.SelectMany(RoutesOf));

    /// <summary>The service's state; an empty one for a service that is not known.</summary>
    public ServiceState this[string service] => services.GetValueOrDefault(service) ?? new ServiceState(service);

    public Snapshot With(ServiceState state) =>
        new(state.IsEmpty ? services.Remove(state.Name) : services.SetItem(state.Name, state));

    /// <summary>A service that has no traffic yet is routed already, to say that it is not ready rather than unknown.</summary>
    private static IEnumerable<RoutedService> RoutesOf(ServiceState state) =>
        (state.Active?.Options ?? state.Staged?.Options ?? state.Probing?.Options) is { } options
            ? [new RoutedService(state.Name, options, state.Active, state.Active is null ? null : state.Hold)]
            : [];
}

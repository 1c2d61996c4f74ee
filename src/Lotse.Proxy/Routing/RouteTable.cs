using System.Collections.Frozen;
using System.Collections.Immutable;
using Lotse.Proxy.Contract;

namespace Lotse.Proxy.Routing;

/// <summary>
/// Finds the service for a host and a path: an exact host before a wildcard before any, then the longest path prefix. Immutable; a change makes
/// a new one, and requests read whichever is current.
/// </summary>
internal sealed class RouteTable
{
    private const string Any = "";
    private readonly FrozenDictionary<string, ImmutableArray<ServiceRoute>> exact;
    private readonly FrozenDictionary<string, ImmutableArray<ServiceRoute>> wildcards;

    private RouteTable(IEnumerable<(string Host, ServiceRoute Route)> routes)
    {
        var all = routes.ToList();
        exact = Group(all.Where(r => !IsWildcard(r.Host)));
        wildcards = Group(all.Where(r => IsWildcard(r.Host)).Select(r => (r.Host[1..], r.Route)));
    }

    public static RouteTable Build(IEnumerable<RoutedService> services) => new(services.SelectMany(RoutesOf));

    /// <summary>The first host and path of these options that another service has already; null when there is none.</summary>
    public static (string Service, string Host, string Prefix)? FindConflict(
        ServiceOptions options,
        IEnumerable<RoutedService> others
    )
    {
        var mine = RoutesOf(new RoutedService("", options, null)).Select(r => (r.Host, r.Route.Prefix)).ToHashSet();
        foreach (var (host, route) in others.SelectMany(RoutesOf).Where(t => mine.Contains((t.Host, t.Route.Prefix))))
        {
            return (route.Service, host, route.Prefix);
        }

        return null;
    }

    /// <summary>The route of a request; null when no service takes it.</summary>
    public ServiceRoute? Find(string host, string path)
    {
        // A name may be written with its root: "example.com." (RFC 1034, section 3.1).
        var name = host.EndsWith('.') ? host[..^1] : host;
        return Match(exact, name, path) ?? MatchWildcard(name, path) ?? Match(exact, Any, path);
    }

    private static ServiceRoute? Match(
        FrozenDictionary<string, ImmutableArray<ServiceRoute>> table,
        string host,
        string path
    )
    {
        if (table.TryGetValue(host, out var routes))
        {
            foreach (var route in routes)
            {
                if (route.Takes(path))
                {
                    return route;
                }
            }
        }

        return null;
    }

    /// <summary>A wildcard stands for one label, as in certificates (RFC 6125, section 6.4.3).</summary>
    private ServiceRoute? MatchWildcard(string host, string path) =>
        wildcards.Count > 0 && host.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot
            ? Match(wildcards, host[dot..], path)
            : null;

    private static bool IsWildcard(string host) => host.StartsWith("*.", StringComparison.Ordinal);

    private static IEnumerable<(string Host, ServiceRoute Route)> RoutesOf(RoutedService service) =>
        from host in service.Options.Hosts.DefaultIfEmpty(Any)
        from prefix in service.Options.PathPrefixes.DefaultIfEmpty("/")
        let route = new ServiceRoute(service.Service, "/" + prefix.Trim('/'), service.Binding, service.Hold)
        select (host.ToLowerInvariant(), route);

    private static FrozenDictionary<string, ImmutableArray<ServiceRoute>> Group(
        IEnumerable<(string Host, ServiceRoute Route)> routes
    ) =>
        routes
            .GroupBy(r => r.Host, StringComparer.OrdinalIgnoreCase)
            .ToFrozenDictionary(
                g => g.Key,
                g => g.Select(r => r.Route).OrderByDescending(r => r.Prefix.Length).ToImmutableArray(),
                StringComparer.OrdinalIgnoreCase
            );
}

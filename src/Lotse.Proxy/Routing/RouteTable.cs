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
    private readonly FrozenDictionary<string, ImmutableArray<Route>> exact;
    private readonly FrozenDictionary<string, ImmutableArray<Route>> wildcards;

    private RouteTable(IEnumerable<(string Host, Route Route)> routes)
    {
        var all = routes.ToList();
        exact = Group(all.Where(r => !IsWildcard(r.Host)));
        wildcards = Group(all.Where(r => IsWildcard(r.Host)).Select(r => (r.Host[1..], r.Route)));
    }

    public static RouteTable Empty { get; } = new([]);

    /// <summary>Builds the table.</summary>
    /// <param name="services">Names and options of the services that are to be routed.</param>
    public static RouteTable Build(IEnumerable<(string Service, ServiceOptions Options)> services) =>
        new(services.SelectMany(s => Routes(s.Service, s.Options)));

    /// <summary>The first host and path of these options that another service has already; null when there is none.</summary>
    public static (string Service, string Host, string Prefix)? FindConflict(
        string service,
        ServiceOptions options,
        IEnumerable<(string Service, ServiceOptions Options)> others
    )
    {
        var mine = Routes(service, options).Select(r => (r.Host, r.Route.Prefix)).ToHashSet();
        var taken = others.Where(o => o.Service != service).SelectMany(o => Routes(o.Service, o.Options));
        foreach (var (host, route) in taken.Where(t => mine.Contains((t.Host, t.Route.Prefix))))
        {
            return (route.Service, host, route.Prefix);
        }

        return null;
    }

    /// <summary>The route of a request; null when no service takes it.</summary>
    public Route? Find(string host, string path) =>
        Match(exact, host, path) ?? MatchWildcard(host, path) ?? Match(exact, Any, path);

    private static Route? Match(FrozenDictionary<string, ImmutableArray<Route>> table, string host, string path)
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
    private Route? MatchWildcard(string host, string path) =>
        wildcards.Count > 0 && host.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot
            ? Match(wildcards, host[dot..], path)
            : null;

    private static bool IsWildcard(string host) => host.StartsWith("*.", StringComparison.Ordinal);

    private static IEnumerable<(string Host, Route Route)> Routes(string service, ServiceOptions options) =>
        from host in options.Hosts.DefaultIfEmpty(Any)
        from prefix in options.PathPrefixes.DefaultIfEmpty("/")
        select (host.ToLowerInvariant(), new Route(service, Normal(prefix)));

    private static string Normal(string prefix) => "/" + prefix.Trim('/');

    private static FrozenDictionary<string, ImmutableArray<Route>> Group(
        IEnumerable<(string Host, Route Route)> routes
    ) =>
        routes
            .GroupBy(r => r.Host, StringComparer.OrdinalIgnoreCase)
            .ToFrozenDictionary(
                g => g.Key,
                g => g.Select(r => r.Route).OrderByDescending(r => r.Prefix.Length).ToImmutableArray(),
                StringComparer.OrdinalIgnoreCase
            );
}

/// <summary>A path prefix of a service.</summary>
internal sealed record Route(string Service, string Prefix)
{
    /// <summary>A prefix ends at a slash or at the path's end: <c>/api</c> takes <c>/api</c> and <c>/api/x</c>, not <c>/apis</c>.</summary>
    public bool Takes(string path) =>
        Prefix == "/"
        || (
            path.StartsWith(Prefix, StringComparison.Ordinal)
            && (path.Length == Prefix.Length || path[Prefix.Length] == '/')
        );
}

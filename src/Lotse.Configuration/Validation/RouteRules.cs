using Lotse.Configuration.Reading;

namespace Lotse.Configuration.Validation;

/// <summary>Rules over the routes of the proxy.</summary>
internal static class RouteRules
{
    public static void Check(Draft draft)
    {
        CheckSslHosts(draft);
        CheckSharedRoutes(draft);
    }

    private static void CheckSslHosts(Draft draft)
    {
        foreach (var role in draft.Config.Roles.Where(r => r.Proxy is { Ssl: true, Hosts.IsEmpty: true }))
        {
            var proxy = draft.Root["servers"].Step(role.Name).Step("proxy");
            var at = proxy.Step("ssl") ?? draft.Root["proxy"].Step("ssl");
            at?.Error("ssl needs the host names that the certificate is for", "Add proxy.host or proxy.hosts.");
        }
    }

    /// <summary>Two roles on one machine cannot answer the same host name and path.</summary>
    private static void CheckSharedRoutes(Draft draft)
    {
        var taken = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var proxied = draft.Config.Roles.Where(r => r.Proxy is not null);
        foreach (var role in proxied.OrderBy(r => r.Name != draft.Config.PrimaryRole))
        {
            var routes = role.Hosts.SelectMany(h =>
                RoutesOf(role.Proxy!).Select(r => (Key: $"{h.Name} {r}", Route: r, Host: h))
            );
            foreach (var (key, route, host) in routes)
            {
                if (taken.TryAdd(key, role.Name))
                {
                    continue;
                }

                draft
                    .Root["servers"]
                    .Step(role.Name)
                    ?.ErrorAtKey(
                        $"on {host.Name} the proxy already sends {route} to the role '{taken[key]}'",
                        "Give this role a proxy with other hosts or path_prefixes, or set proxy: false."
                    );
                break;
            }
        }
    }

    private static IEnumerable<string> RoutesOf(ProxyConfig proxy)
    {
        IEnumerable<string> hosts = proxy.Hosts.IsEmpty ? ["any host name"] : proxy.Hosts;
        IEnumerable<string> paths = proxy.PathPrefixes.IsEmpty ? ["/"] : proxy.PathPrefixes;
        return hosts.SelectMany(h => paths.Select(p => $"{h}, path {p}"));
    }
}

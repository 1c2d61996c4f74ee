using Lotse.Proxy.Contract;
using Lotse.Proxy.Switching;
using Lotse.Proxy.Targets;

namespace Lotse.Proxy.Routing;

/// <summary>A path prefix of a service.</summary>
/// <param name="Service">The service's name.</param>
/// <param name="Prefix">The prefix: <c>/</c>, or a path that does not end with a slash.</param>
/// <param name="Binding">The target that has the service's traffic; null when none has.</param>
/// <param name="Hold">Why its requests are not forwarded now; null when they are.</param>
internal sealed record ServiceRoute(string Service, string Prefix, Binding? Binding, Hold? Hold = null)
{
    /// <summary>A prefix ends at a slash or at the path's end: <c>/api</c> takes <c>/api</c> and <c>/api/x</c>, not <c>/apis</c>.</summary>
    public bool Takes(string path) =>
        Prefix == "/"
        || (
            path.StartsWith(Prefix, StringComparison.Ordinal)
            && (path.Length == Prefix.Length || path[Prefix.Length] == '/')
        );
}

/// <summary>What a service wants to be routed by.</summary>
/// <param name="Service">The service's name.</param>
/// <param name="Options">Its hosts and path prefixes.</param>
/// <param name="Binding">The target that has its traffic; null when none has.</param>
/// <param name="Hold">Why its requests are not forwarded now; null when they are.</param>
internal sealed record RoutedService(string Service, ServiceOptions Options, Binding? Binding, Hold? Hold = null);

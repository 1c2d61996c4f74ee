using Lotse.Registry.Storage;
using Microsoft.AspNetCore.Http;

namespace Lotse.Registry.Http;

/// <summary>
/// What servers may ask for that pull through a tunnel: whoever is on such a server can ask, too. Nothing is taken from them, and they get what was pushed for
/// them, and no word of anything else.
/// </summary>
internal sealed class PushedGuard(PushedContent pushed, ManifestStore manifests)
{
    /// <exception cref="RegistryException">That is not for them.</exception>
    public void Check(HttpRequest request, Route route)
    {
        if (request.Method is not ("GET" or "HEAD"))
        {
            throw new RegistryException(RegistryFault.Denied, "Nothing can be pushed here.");
        }

        switch (route.Kind)
        {
            case RouteKind.Version or RouteKind.Unknown:
                return;
            case RouteKind.Manifest:
                Names.CheckRepository(route.Repository);
                if (!Digest.TryParse(route.Argument, out _))
                {
                    Names.CheckTag(route.Argument);
                }

                var found = manifests.Find(route.Repository, route.Argument);
                Require(found is not null && pushed.Has(route.Repository, found.Digest), route);
                return;
            case RouteKind.Blob:
                Require(pushed.Has(route.Repository, Digest.Parse(route.Argument)), route);
                return;
            default:
                throw new RegistryException(RegistryFault.Denied, "Nothing is listed here.");
        }
    }

    private static void Require(bool isThere, Route route)
    {
        if (!isThere)
        {
            var fault = route.Kind is RouteKind.Blob ? RegistryFault.BlobUnknown : RegistryFault.ManifestUnknown;
            throw new RegistryException(fault, $"There is no {route.Argument} in {route.Repository}.");
        }
    }
}

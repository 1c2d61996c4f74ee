using System.Net;
using Microsoft.AspNetCore.Http;

namespace Lotse.Registry.Http;

/// <summary>
/// Keeps web pages away from the registry. It listens on loopback only, but a page in this machine's browser can reach
/// that too: by a name of its own that it lets resolve to 127.0.0.1 (DNS rebinding), which the Host header shows, or by
/// a request across origins, which the Origin header shows. Container engines and builders send neither.
/// </summary>
internal static class LoopbackGuard
{
    /// <exception cref="RegistryException"><see cref="RegistryFault.Denied"/>.</exception>
    public static void Check(HttpRequest request)
    {
        if (!IsLoopback(request.Host.Host))
        {
            throw new RegistryException(
                RegistryFault.Denied,
                $"This registry serves its own machine only: the Host '{request.Host}' is not a loopback name."
                    + " Use 127.0.0.1, ::1 or localhost."
            );
        }

        if (request.Headers.Origin.Count > 0)
        {
            throw new RegistryException(RegistryFault.Denied, "This registry does not serve web pages.");
        }
    }

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}

using System.Net;
using System.Net.Sockets;

namespace Gocatest.Hosting;

/// <summary>Who is asking, seen through the proxies in front of us.</summary>
internal static class ClientAddress
{
    /// <summary>
    /// The peer itself unless it is a neighbour (loopback or private): then the last address in X-Forwarded-For that is
    /// no neighbour, because everything left of it is the client's own claim.
    /// </summary>
    public static string Of(HttpContext context) =>
        Of(context.Connection.RemoteIpAddress, context.Request.Headers["X-Forwarded-For"].ToString());

    /// <summary>As above, from its parts.</summary>
    public static string Of(IPAddress? peer, string forwardedFor)
    {
        var client = Plain(peer ?? IPAddress.None);
        foreach (var entry in forwardedFor.Split(',', StringSplitOptions.TrimEntries).Reverse())
        {
            if (!IsNeighbour(client) || !IPAddress.TryParse(entry, out var before))
            {
                break;
            }

            client = Plain(before);
        }

        return client.ToString();
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static bool IsNeighbour(IPAddress address)
    {
        if (IPAddress.IsLoopback(address))
        {
            return true;
        }

        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            return address.IsIPv6UniqueLocal || address.IsIPv6LinkLocal;
        }

        return address.GetAddressBytes() is [10, ..] or [172, >= 16 and < 32, ..] or [192, 168, ..];
    }
}

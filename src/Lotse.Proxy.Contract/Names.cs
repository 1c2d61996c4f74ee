using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Lotse.Proxy.Contract;

/// <summary>What counts as a service's name, a host name and a target.</summary>
internal static class Names
{
    private const int LongestHost = 253;

    public static bool IsService(string name) =>
        name.Length is > 0 and <= 128 && name[0] is not ('-' or '.') && name.All(IsNameCharacter);

    /// <summary>A host name in ASCII, an address, or <c>*.</c> before a host name.</summary>
    public static bool IsHost(string host) =>
        IsPlainHost(host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host);

    /// <summary><c>HOST:PORT</c>; an IPv6 address stands in brackets.</summary>
    public static bool IsTarget(string target)
    {
        var colon = target.LastIndexOf(':');
        return colon > 0
            && IsPlainHost(target[..colon])
            && ushort.TryParse(target[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port != 0;
    }

    private static bool IsPlainHost(string host) =>
        host is ['[', .. var address, ']']
            ? IPAddress.TryParse(address, out var ip) && ip.AddressFamily == AddressFamily.InterNetworkV6
            : host.Length is > 0 and <= LongestHost
                && host.Split('.').All(label => label.Length is > 0 and <= 63 && label.All(IsNameCharacter));

    private static bool IsNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.';
}

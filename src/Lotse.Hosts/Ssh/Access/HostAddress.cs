using System.Globalization;
using System.Net;

namespace Lotse.Hosts.Ssh.Access;

/// <summary>What may be written for a host: <c>[user@]host[:port]</c>, an IPv6 address with a port in brackets, or an ssh URI.</summary>
/// <param name="User">The user; null when it is not said.</param>
/// <param name="Name">The name or address, without brackets.</param>
/// <param name="Port">The port; null when it is not said.</param>
internal sealed record HostAddress(string? User, string Name, int? Port)
{
    private const string Scheme = "ssh://";

    /// <summary>Reads it; null when it is none.</summary>
    public static HostAddress? Parse(string text)
    {
        text = text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? text[Scheme.Length..].TrimEnd('/') : text;
        var at = text.LastIndexOf('@');
        var user = at > 0 ? text[..at] : null;
        var (name, port) = Split(text[(at + 1)..]);
        if (name.Length == 0 || name.Any(c => char.IsWhiteSpace(c) || c is '/' or '@') || at == 0)
        {
            return null;
        }

        if (port is null)
        {
            return new HostAddress(user, name, null);
        }

        var isPort = int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        return isPort && number is > 0 and < 65536 ? new HostAddress(user, name, number) : null;
    }

    private static (string Name, string? Port) Split(string text)
    {
        if (IPAddress.TryParse(text, out _) && !text.StartsWith('['))
        {
            return (text, null);
        }

        if (text.StartsWith('[') && text.IndexOf(']', StringComparison.Ordinal) is > 0 and var end)
        {
            return (text[1..end], text[(end + 1)..] is [':', .. var port] ? port : null);
        }

        var colon = text.LastIndexOf(':');
        return colon < 0 ? (text, null) : (text[..colon], text[(colon + 1)..]);
    }
}

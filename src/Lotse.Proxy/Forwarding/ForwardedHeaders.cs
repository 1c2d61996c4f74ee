namespace Lotse.Proxy.Forwarding;

/// <summary>Tells the target whom the proxy stands for: client address, scheme and host.</summary>
internal static class ForwardedHeaders
{
    private const string For = "X-Forwarded-For";
    private const string Proto = "X-Forwarded-Proto";
    private const string Host = "X-Forwarded-Host";

    /// <summary>What applications believe of a proxy, and so must not believe of just anybody.</summary>
    private static readonly string[] Others =
    [
        "Forwarded",
        "X-Forwarded-Port",
        "X-Forwarded-Prefix",
        "X-Forwarded-Scheme",
        "X-Forwarded-Ssl",
        "X-Real-IP",
    ];

    /// <param name="context">The request at the edge.</param>
    /// <param name="request">The request to the target, with the client's headers in it.</param>
    /// <param name="isBehindProxy">Whether another proxy stands in front, whose headers are kept and appended to.</param>
    public static void Set(HttpContext context, HttpRequestMessage request, bool isBehindProxy)
    {
        var client = context.Connection.RemoteIpAddress is { } address
            ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString()
            : "";
        var given = context.Request.Headers;
        if (isBehindProxy)
        {
            var before = given[For].ToString();
            Replace(request, For, before.Length == 0 ? client : $"{before}, {client}");
            Replace(request, Proto, given[Proto] is [{ Length: > 0 } proto, ..] ? proto : context.Request.Scheme);
            Replace(request, Host, given[Host] is [{ Length: > 0 } host, ..] ? host : given.Host.ToString());
            return;
        }

        Replace(request, For, client);
        Replace(request, Proto, context.Request.Scheme);
        Replace(request, Host, given.Host.ToString());
        foreach (var other in Others)
        {
            request.Headers.Remove(other);
        }
    }

    private static void Replace(HttpRequestMessage request, string name, string value)
    {
        request.Headers.Remove(name);
        if (value.Length > 0)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
    }
}

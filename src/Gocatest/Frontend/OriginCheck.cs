namespace Gocatest.Frontend;

/// <summary>Keeps other sites from posting in a visitor's name.</summary>
internal static class OriginCheck
{
    public static bool Allows(HttpRequest request) =>
        Allows(
            request.Headers["Sec-Fetch-Site"].ToString(),
            request.Headers.Origin.ToString(),
            [request.Host.Value ?? "", request.Headers["X-Forwarded-Host"].ToString()]
        );

    /// <summary>
    /// True when the browser says that one of our own pages sent it, or when no browser did. Every browser of the last
    /// years sends Sec-Fetch-Site where the page came over HTTPS or from localhost, and Origin with every POST.
    /// </summary>
    /// <param name="fetchSite">Sec-Fetch-Site, or empty.</param>
    /// <param name="origin">Origin, or empty.</param>
    /// <param name="hosts">The names under which the visitor may have reached us; a page cannot choose them.</param>
    public static bool Allows(string fetchSite, string origin, IReadOnlyList<string> hosts)
    {
        if (fetchSite.Length > 0)
        {
            return fetchSite is "same-origin" or "none";
        }

        return origin.Length == 0
            || (
                Uri.TryCreate(origin, UriKind.Absolute, out var uri)
                && hosts.Any(h => Uri.TryCreate($"{uri.Scheme}://{h}", UriKind.Absolute, out var own) && Same(uri, own))
            );
    }

    // The scheme is not compared: behind a proxy that ends TLS we see http where the visitor sees https.
    private static bool Same(Uri one, Uri other) =>
        one.Host.Equals(other.Host, StringComparison.OrdinalIgnoreCase) && one.Port == other.Port;
}

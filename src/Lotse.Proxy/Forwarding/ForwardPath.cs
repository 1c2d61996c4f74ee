namespace Lotse.Proxy.Forwarding;

/// <summary>The path and query that a target is asked for. Pure.</summary>
internal static class ForwardPath
{
    /// <summary>
    /// The request's own bytes wherever they can mean only what was routed: to decode and encode again would change escapes, and with them signatures. A
    /// path with dot segments was routed by what remains when they are resolved (RFC 3986, section 5.2.4), and is forwarded as that.
    /// </summary>
    /// <param name="raw">The request target as it came.</param>
    /// <param name="path">The same as it was routed: decoded, without dot segments.</param>
    /// <param name="query">The query, with its question mark.</param>
    /// <param name="prefix">The prefix to take off; <c>/</c> takes none.</param>
    public static string Of(string raw, PathString path, QueryString query, string prefix)
    {
        var length = prefix == "/" ? 0 : prefix.Length;
        if (IsPlain(raw) && (length == 0 || StartsWith(raw, prefix)))
        {
            return length == 0 ? raw
                : length < raw.Length && raw[length] == '/' ? raw[length..]
                : string.Concat("/", raw.AsSpan(length));
        }

        if (raw.StartsWith('/'))
        {
            var end = raw.IndexOf('?', StringComparison.Ordinal);
            return Resolve(end < 0 ? raw : raw[..end], prefix) + (end < 0 ? "" : raw[end..]);
        }

        var rest = new PathString(path.Value is { } value && value.Length > length ? value[length..] : "/");
        return rest.ToUriComponent() + query.ToUriComponent();
    }

    /// <summary>
    /// Resolves dot segments and takes the prefix off segment by segment, each kept as it was escaped. A slash that is escaped parts no segments, neither
    /// here nor where the path was routed.
    /// </summary>
    private static string Resolve(string path, string prefix)
    {
        var segments = path.Split('/')[1..];
        var kept = new List<string>(segments.Length);
        for (var i = 0; i < segments.Length; i++)
        {
            var plain = segments[i].Replace("%2e", ".", StringComparison.OrdinalIgnoreCase);
            if (plain == ".." && kept.Count > 0)
            {
                kept.RemoveAt(kept.Count - 1);
            }

            if (plain is not ("." or ".."))
            {
                kept.Add(segments[i]);
            }
            else if (i == segments.Length - 1)
            {
                kept.Add("");
            }
        }

        return "/" + string.Join('/', kept.Skip(prefix == "/" ? 0 : prefix.Count(c => c == '/')));
    }

    private static bool IsPlain(string raw)
    {
        if (!raw.StartsWith('/'))
        {
            return false;
        }

        var end = raw.IndexOf('?', StringComparison.Ordinal);
        var path = end < 0 ? raw : raw.AsSpan(0, end);
        return !path.Contains("/.", StringComparison.Ordinal)
            && !path.Contains("%2e", StringComparison.OrdinalIgnoreCase);
    }

    private static bool StartsWith(string raw, string prefix) =>
        raw.StartsWith(prefix, StringComparison.Ordinal)
        && (raw.Length == prefix.Length || raw[prefix.Length] is '/' or '?');
}

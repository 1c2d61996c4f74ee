using System.Security.Cryptography;

namespace Lotse.Proxy.Forwarding;

/// <summary>Gives each request an id by which the proxy's log and the application's can be brought together.</summary>
internal static class RequestIds
{
    private const string Header = "X-Request-Id";
    private static readonly string Start = RandomNumberGenerator.GetHexString(12, lowercase: true);
    private static long count;

    /// <summary>The id that the request came with, or a fresh one, which it has from now on.</summary>
    public static string Ensure(HttpContext context)
    {
        var given = context.Request.Headers[Header];
        if (given.Count > 0 && given[0] is { Length: > 0 and <= 128 } id)
        {
            return id;
        }

        var fresh = $"{Start}-{Interlocked.Increment(ref count):x}";
        context.Request.Headers[Header] = fresh;
        return fresh;
    }
}

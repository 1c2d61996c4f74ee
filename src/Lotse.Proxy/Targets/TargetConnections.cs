using System.Net;
using System.Text;
using Lotse.Proxy.Streams;

namespace Lotse.Proxy.Targets;

/// <summary>How the proxy connects to targets.</summary>
internal static class TargetConnections
{
    public static HttpMessageInvoker New() =>
        new(
            new FlushingHandler(
                new SocketsHttpHandler
                {
                    UseProxy = false,
                    AllowAutoRedirect = false,
                    AutomaticDecompression = DecompressionMethods.None,
                    UseCookies = false,
                    EnableMultipleHttp2Connections = true,
                    ActivityHeadersPropagator = null,
                    ConnectTimeout = TimeSpan.FromSeconds(5),
                    // Some application servers close a silent connection after two seconds (gunicorn) or five (Node): a request must not meet that
                    // moment, and a new connection to a container on the same host costs next to nothing.
                    PooledConnectionIdleTimeout = TimeSpan.FromSeconds(1),
                    // Header values pass as the bytes they are.
                    RequestHeaderEncodingSelector = (_, _) => Encoding.Latin1,
                    ResponseHeaderEncodingSelector = (_, _) => Encoding.Latin1,
                }
            )
        );

    /// <summary>Each probe connects anew: it is to find out whether the target takes connections.</summary>
    public static HttpMessageInvoker ForProbes() =>
        new(
            new SocketsHttpHandler
            {
                UseProxy = false,
                AllowAutoRedirect = false,
                UseCookies = false,
                ActivityHeadersPropagator = null,
                PooledConnectionLifetime = TimeSpan.Zero,
            }
        );
}

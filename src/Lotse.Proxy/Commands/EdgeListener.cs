using System.Text;
using Lotse.Proxy.Contract;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Lotse.Proxy.Commands;

/// <summary>How the proxy listens, at an edge where clients are slow, many and not all friendly.</summary>
internal static class EdgeListener
{
    /// <summary>A phone in a tunnel is given half a minute of silence; a connection that trickles on is not held for ever.</summary>
    private static readonly MinDataRate SlowestClient = new(50, TimeSpan.FromSeconds(30));

    public static void Configure(KestrelServerOptions kestrel, RunCommand run, string socket)
    {
        kestrel.AddServerHeader = false;
        kestrel.AllowResponseHeaderCompression = false;
        // Header values pass as the bytes they are.
        kestrel.RequestHeaderEncodingSelector = _ => Encoding.Latin1;
        kestrel.ResponseHeaderEncodingSelector = _ => Encoding.Latin1;
        var limits = kestrel.Limits;
        limits.MaxRequestBodySize = null;
        limits.MaxRequestLineSize = 16 * 1024;
        limits.MaxRequestHeadersTotalSize = 64 * 1024;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(30);
        limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
        limits.MinRequestBodyDataRate = SlowestClient;
        limits.MinResponseDataRate = SlowestClient;
        kestrel.ListenAnyIP(run.HttpPort, listen => listen.Protocols = HttpProtocols.Http1);
        kestrel.ListenUnixSocket(socket, listen => listen.Use(Mark));
    }

    /// <summary>Whether a request came through the control socket.</summary>
    public static bool IsControl(HttpContext context) => context.Features.Get<ControlMark>() is not null;

    private static ConnectionDelegate Mark(ConnectionDelegate next) =>
        connection =>
        {
            connection.Features.Set(ControlMark.Instance);
            return next(connection);
        };

    private sealed class ControlMark
    {
        public static ControlMark Instance { get; } = new();
    }
}

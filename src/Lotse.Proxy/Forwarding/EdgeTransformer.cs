using Lotse.Proxy.Contract;
using Yarp.ReverseProxy.Forwarder;

namespace Lotse.Proxy.Forwarding;

/// <summary>What the edge changes in a request: the path, when a prefix is taken off, and the X-Forwarded headers. Host stays as the client gave it.</summary>
internal sealed class EdgeTransformer(Routing.Route route, ServiceOptions options, HeaderDeadline deadline)
    : HttpTransformer
{
    private const string For = "X-Forwarded-For";
    private const string Proto = "X-Forwarded-Proto";
    private const string Host = "X-Forwarded-Host";
    private const string Prefix = "X-Forwarded-Prefix";

    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext,
        HttpRequestMessage proxyRequest,
        string destinationPrefix,
        CancellationToken cancellationToken
    )
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        if (route.Prefix != "/" && options.StripPathPrefix)
        {
            var path = httpContext.Request.Path.Value![route.Prefix.Length..];
            var query = httpContext.Request.QueryString;
            var rest = new PathString(path.Length == 0 ? "/" : path);
            proxyRequest.RequestUri = RequestUtilities.MakeDestinationAddress(destinationPrefix, rest, query);
            Set(proxyRequest, Prefix, route.Prefix);
        }

        Forwarded(httpContext, proxyRequest);
    }

    public override ValueTask<bool> TransformResponseAsync(
        HttpContext httpContext,
        HttpResponseMessage? proxyResponse,
        CancellationToken cancellationToken
    )
    {
        deadline.Stop();
        return base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
    }

    private void Forwarded(HttpContext context, HttpRequestMessage request)
    {
        var client = context.Connection.RemoteIpAddress?.ToString() ?? "";
        var before = options.ForwardHeaders ? context.Request.Headers[For].ToString() : "";
        Set(request, For, before.Length == 0 ? client : $"{before}, {client}");
        if (!options.ForwardHeaders || !context.Request.Headers.ContainsKey(Proto))
        {
            Set(request, Proto, context.Request.Scheme);
        }

        if (!options.ForwardHeaders || !context.Request.Headers.ContainsKey(Host))
        {
            Set(request, Host, context.Request.Host.Value ?? "");
        }
    }

    private static void Set(HttpRequestMessage request, string name, string value)
    {
        request.Headers.Remove(name);
        request.Headers.TryAddWithoutValidation(name, value);
    }
}

using Lotse.Proxy.Contract;
using Lotse.Proxy.Routing;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace Lotse.Proxy.Forwarding;

/// <summary>What the edge changes on the way: the path, when a prefix is taken off, and the X-Forwarded headers. Host stays as the client gave it.</summary>
internal sealed class EdgeTransformer(ServiceRoute route, ServiceOptions options, Exchange exchange) : HttpTransformer
{
    private const string Prefix = "X-Forwarded-Prefix";
    private static readonly UriCreationOptions AsItIs = new() { DangerousDisablePathAndQueryCanonicalization = true };

    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext,
        HttpRequestMessage proxyRequest,
        string destinationPrefix,
        CancellationToken cancellationToken
    )
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        var taken = options.StripPathPrefix ? route.Prefix : "/";
        var request = httpContext.Request;
        var raw = httpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var target = ForwardPath.Of(raw, request.Path, request.QueryString, taken);
        proxyRequest.RequestUri = new Uri(string.Concat(destinationPrefix, target), AsItIs);
        ForwardedHeaders.Set(httpContext, proxyRequest, options.ForwardHeaders);
        if (taken != "/")
        {
            proxyRequest.Headers.Remove(Prefix);
            proxyRequest.Headers.TryAddWithoutValidation(Prefix, taken);
        }
    }

    public override async ValueTask<bool> TransformResponseAsync(
        HttpContext httpContext,
        HttpResponseMessage? proxyResponse,
        CancellationToken cancellationToken
    )
    {
        var copy = await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        if (proxyResponse is not null)
        {
            await exchange.AnsweredAsync(cancellationToken);
        }

        return copy;
    }
}

using Lotse.Proxy.Contract;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;

namespace Lotse.Proxy.Forwarding;

/// <summary>Reads a request or a response whole before it goes on, where a service asks for that. What does not fit into memory goes to disk.</summary>
internal sealed class BodyBuffers(HttpContext context, ServiceOptions options) : IAsyncDisposable
{
    private IHttpResponseBodyFeature? original;
    private FileBufferingWriteStream? response;

    /// <summary>Reads the request's body; false when it is larger than the service takes.</summary>
    public async Task<bool> ReadRequestAsync(CancellationToken cancellation)
    {
        if (options.MaxRequestBody > 0 && context.Request.ContentLength > options.MaxRequestBody)
        {
            return false;
        }

        // An upgraded connection (a WebSocket) has no end that could be waited for.
        if (context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true })
        {
            return true;
        }

        if (options.BufferRequests)
        {
            context.Request.EnableBuffering((int)Math.Min(options.BufferMemory, int.MaxValue));
            try
            {
                await context.Request.Body.DrainAsync(cancellation);
            }
            catch (BadHttpRequestException tooLarge) when (tooLarge.StatusCode == StatusCodes.Status413PayloadTooLarge)
            {
                return false;
            }

            context.Request.Body.Position = 0;
        }

        if (options.BufferResponses)
        {
            var limit = options.MaxResponseBody == 0 ? (long?)null : options.MaxResponseBody;
            response = new FileBufferingWriteStream((int)Math.Min(options.BufferMemory, int.MaxValue), limit);
            original = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
            context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(response, original));
        }

        return true;
    }

    /// <summary>Sends the response that was read.</summary>
    public async Task SendResponseAsync(CancellationToken cancellation)
    {
        if (response is not null && original is not null)
        {
            context.Features.Set(original);
            await response.DrainBufferAsync(original.Stream, cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (response is not null)
        {
            context.Features.Set(original);
            await response.DisposeAsync();
        }
    }
}

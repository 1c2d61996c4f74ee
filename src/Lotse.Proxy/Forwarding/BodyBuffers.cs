using Lotse.Proxy.Contract;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;

namespace Lotse.Proxy.Forwarding;

/// <summary>Reads a request or a response whole before it goes on, where a service asks for that. What does not fit into memory goes to disk.</summary>
internal sealed class BodyBuffers(HttpContext context, ServiceOptions options) : IAsyncDisposable
{
    private IHttpResponseBodyFeature? original;
    private FileBufferingWriteStream? response;

    private int Memory => MemoryOf(options);

    /// <summary>Reads the request's body; false when it is larger than the service takes.</summary>
    /// <exception cref="OperationCanceledException">It was stopped before the body's end.</exception>
    public static async Task<bool> ReadRequestAsync(
        HttpContext context,
        ServiceOptions options,
        CancellationToken stopped
    )
    {
        context.Request.EnableBuffering(MemoryOf(options));
        try
        {
            await context.Request.Body.DrainAsync(stopped);
        }
        catch (BadHttpRequestException tooLarge) when (tooLarge.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return false;
        }

        context.Request.Body.Position = 0;
        return true;
    }

    /// <summary>
    /// From now on the response's body is kept back; false when it is not to be. A stream of events (<see href="https://html.spec.whatwg.org/#server-sent-events"/>)
    /// never is: it has no end.
    /// </summary>
    public bool HoldResponse()
    {
        if (
            !options.BufferResponses
            || context.Response.StatusCode == StatusCodes.Status101SwitchingProtocols
            || context.Response.ContentType?.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase) == true
        )
        {
            return false;
        }

        var limit = options.MaxResponseBody == 0 ? (long?)null : options.MaxResponseBody;
        response = new FileBufferingWriteStream(Memory, limit);
        original = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(response, original));
        return true;
    }

    private static int MemoryOf(ServiceOptions options) => (int)Math.Min(options.BufferMemory, int.MaxValue);

    /// <summary>Sends the response that was read.</summary>
    public async Task SendResponseAsync(CancellationToken cancellation)
    {
        if (response is not null)
        {
            context.Features.Set(original);
            await response.DrainBufferAsync(context.Response.Body, cancellation);
        }
    }

    /// <summary>Gives up what was read of the response: another one is to be sent.</summary>
    public void Discard()
    {
        if (original is not null)
        {
            context.Features.Set(original);
        }
    }

    public ValueTask DisposeAsync()
    {
        Discard();
        return response?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}

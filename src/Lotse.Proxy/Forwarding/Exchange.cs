using Lotse.Proxy.Contract;
using Lotse.Proxy.Streams;
using Lotse.Proxy.Targets;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace Lotse.Proxy.Forwarding;

/// <summary>
/// One request at its target: what limits it, what is kept back of it, and what came of it. It leaves the target at its disposal, or when it became a
/// WebSocket.
/// </summary>
internal sealed class Exchange : IAsyncDisposable
{
    private readonly HttpContext context;
    private readonly Target target;
    private readonly ServiceOptions options;
    private readonly CancellationTokenSource stop;
    private readonly CancellationToken cutOff;
    private readonly CancellationTokenRegistration cut;
    private readonly HeaderDeadline deadline;
    private readonly BodyBuffers? buffers;
    private RequestBodyStream? body;
    private CountingStream? counter;
    private bool isBroken;
    private bool hasLeft;

    public Exchange(HttpContext context, Binding binding, TimeProvider time)
    {
        this.context = context;
        target = binding.Target;
        options = binding.Options;
        stop = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        cutOff = target.Cut;
        cut = cutOff.UnsafeRegister(static stop => ((CancellationTokenSource)stop!).Cancel(), stop);
        deadline = new HeaderDeadline(stop, options.TargetTimeout);
        buffers = options.BufferResponses ? new BodyBuffers(context, options) : null;
    }

    /// <summary>Cancelled when the target takes too long, or is to be rid of its requests.</summary>
    public CancellationToken Stopped => stop.Token;

    /// <summary>Bytes of a response that did not say its length; null for others.</summary>
    public long? CountedBytes => counter?.Count;

    /// <summary>Bytes of the request's body that were read; null when it has none.</summary>
    public long? ReadBytes => body?.Count;

    /// <summary>Gets ready to be sent. Returns null, or the status with which it is refused.</summary>
    public async ValueTask<int?> PrepareAsync()
    {
        if (!HasRequestBody)
        {
            deadline.Start();
            return null;
        }

        if (options.MaxRequestBody > 0 && context.Request.ContentLength > options.MaxRequestBody)
        {
            return StatusCodes.Status413PayloadTooLarge;
        }

        body = new RequestBodyStream(context.Request.Body, options.MaxRequestBody, deadline.Pause, deadline.Start);
        context.Request.Body = body;
        return options.BufferRequests ? await BufferAsync() : null;
    }

    /// <summary>The target's status and headers are here. A response of unknown length is begun at once: its first byte may take its time.</summary>
    public async ValueTask AnsweredAsync(CancellationToken cancellation)
    {
        deadline.Answered();
        if (context.Response.StatusCode == StatusCodes.Status101SwitchingProtocols)
        {
            // A connection that became a WebSocket may last for days: no drain waits for it or cuts it off. The
            // application ends it, with a proper close, when it is told to stop.
            await cut.DisposeAsync();
            Leave();
            return;
        }

        if (buffers?.HoldResponse() == true || context.Response.ContentLength is not null || !HasResponseBody)
        {
            return;
        }

        counter = new CountingStream(context.Response.Body);
        context.Response.Body = counter;
        await context.Response.Body.FlushAsync(cancellation);
    }

    /// <summary>Sends what was kept back.</summary>
    public Task FinishAsync() => buffers?.SendResponseAsync(context.RequestAborted) ?? Task.CompletedTask;

    /// <summary>Says what went wrong, when the client can still be told.</summary>
    public async Task ExplainAsync(ForwarderError error)
    {
        // A response that broke off began with a status that says nothing of it.
        isBroken = error is ForwarderError.ResponseBodyDestination;
        if (IsConnectError(context.GetForwarderErrorFeature()?.Exception))
        {
            target.CountConnectError();
        }

        if (context.Response.HasStarted || context.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        var status = StatusOf(error);
        buffers?.Discard();
        context.Response.Clear();
        await ErrorPages.WriteAsync(context, status);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await cut.DisposeAsync();
            stop.Dispose();
            if (buffers is not null)
            {
                await buffers.DisposeAsync();
            }
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>The target need not wait for this request any more.</summary>
    private void Leave()
    {
        if (!hasLeft)
        {
            hasLeft = true;
            target.Leave(isBroken || context.Response.StatusCode >= 500);
        }
    }

    private static bool IsConnectError(Exception? exception) =>
        exception
            is HttpRequestException
            {
                HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
            };

    private async Task<int?> BufferAsync()
    {
        try
        {
            var fits = await BodyBuffers.ReadRequestAsync(context, options, stop.Token);
            return fits ? null : StatusCodes.Status413PayloadTooLarge;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return StatusCodes.Status503ServiceUnavailable;
        }
    }

    private bool HasRequestBody => context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true;

    private bool HasResponseBody =>
        context.Response.StatusCode is not (StatusCodes.Status204NoContent or StatusCodes.Status304NotModified or < 200)
        && !HttpMethods.IsHead(context.Request.Method);

    private int StatusOf(ForwarderError error) =>
        error switch
        {
            _ when cutOff.IsCancellationRequested => StatusCodes.Status503ServiceUnavailable,
            _ when stop.IsCancellationRequested => StatusCodes.Status504GatewayTimeout,
            // Too large, too slow or malformed: the forwarder has set which.
            ForwarderError.RequestBodyClient => context.Response.StatusCode,
            _ => StatusCodes.Status502BadGateway,
        };
}

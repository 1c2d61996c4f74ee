using Lotse.Proxy.Targets;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace Lotse.Proxy.Forwarding;

/// <summary>One request at its target: what limits it, what is kept back of it, and what came of it.</summary>
internal sealed class Exchange : IAsyncDisposable
{
    private readonly HttpContext context;
    private readonly Target target;
    private readonly CancellationTokenSource stop;
    private readonly CancellationTokenRegistration cut;
    private readonly HeaderDeadline deadline;
    private readonly BodyBuffers? buffers;
    private CountingStream? counter;

    public Exchange(HttpContext context, Binding binding, TimeProvider time)
    {
        this.context = context;
        target = binding.Target;
        stop = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        cut = target.Cut.UnsafeRegister(static stop => ((CancellationTokenSource)stop!).Cancel(), stop);
        deadline = new HeaderDeadline(stop, binding.Options.TargetTimeout);
        buffers = BodyBuffers.For(context, binding.Options);
    }

    /// <summary>Cancelled when the target takes too long, or is to be rid of its requests.</summary>
    public CancellationToken Stopped => stop.Token;

    /// <summary>Bytes of a response that did not say its length; null for others.</summary>
    public long? CountedBytes => counter?.Count;

    /// <summary>Gets ready to be sent; false when the request is larger than the service takes.</summary>
    public async ValueTask<bool> PrepareAsync(long maxRequestBody)
    {
        if (maxRequestBody > 0 && context.Request.ContentLength > maxRequestBody)
        {
            return false;
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = maxRequestBody == 0 ? null : maxRequestBody;
        }

        if (buffers is not null && !await buffers.ReadRequestAsync(context.RequestAborted))
        {
            return false;
        }

        deadline.Watch(context);
        return true;
    }

    /// <summary>The target's status and headers are here. A response of unknown length is begun at once: its first byte may take its time.</summary>
    public async ValueTask AnsweredAsync(CancellationToken cancellation)
    {
        deadline.Answered();
        if (buffers?.HoldResponse() == true || context.Response.ContentLength is not null || !HasBody)
        {
            return;
        }

        counter = new CountingStream(context.Response.Body);
        context.Response.Body = counter;
        await context.Response.StartAsync(cancellation);
    }

    /// <summary>Sends what was kept back.</summary>
    public Task FinishAsync() => buffers?.SendResponseAsync(context.RequestAborted) ?? Task.CompletedTask;

    /// <summary>Says what went wrong, when the client can still be told.</summary>
    public async Task ExplainAsync(ForwarderError error)
    {
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
        await cut.DisposeAsync();
        stop.Dispose();
        if (buffers is not null)
        {
            await buffers.DisposeAsync();
        }
    }

    private bool HasBody =>
        context.Response.StatusCode is not (StatusCodes.Status204NoContent or StatusCodes.Status304NotModified or < 200)
        && !HttpMethods.IsHead(context.Request.Method);

    private int StatusOf(ForwarderError error) =>
        error switch
        {
            _ when target.Cut.IsCancellationRequested => StatusCodes.Status503ServiceUnavailable,
            _ when stop.IsCancellationRequested => StatusCodes.Status504GatewayTimeout,
            // Too large, too slow or malformed: the forwarder has set which.
            ForwarderError.RequestBodyClient => context.Response.StatusCode,
            _ => StatusCodes.Status502BadGateway,
        };
}

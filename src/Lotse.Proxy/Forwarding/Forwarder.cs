using System.Diagnostics;
using System.Net;
using Lotse.Proxy.Switching;
using Lotse.Proxy.Targets;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace Lotse.Proxy.Forwarding;

/// <summary>Takes a request from the edge to its target and back.</summary>
internal sealed class Forwarder(Switchboard board, IHttpForwarder forwarder, AccessLog log, TimeProvider time)
{
    /// <summary>Between two bytes a stream may be silent for as long as it likes: only the time to the headers is limited.</summary>
    private static readonly ForwarderRequestConfig Config = new()
    {
        ActivityTimeout = TimeSpan.FromDays(1),
        Version = HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        AllowResponseBuffering = false,
    };

    public async Task HandleAsync(HttpContext context)
    {
        var start = Stopwatch.GetTimestamp();
        var requestId = RequestIds.Ensure(context);
        var assigned = board.Assign(context.Request.Host.Host, context.Request.Path.Value ?? "/");
        if (assigned is not { } found)
        {
            await ErrorPages.WriteAsync(context, StatusCodes.Status404NotFound);
            log.Write(context, null, null, requestId, Stopwatch.GetElapsedTime(start));
            return;
        }

        if (found.Binding is not { } binding)
        {
            await ErrorPages.WriteAsync(context, StatusCodes.Status503ServiceUnavailable);
            log.Write(context, found.Route.Service, null, requestId, Stopwatch.GetElapsedTime(start));
            return;
        }

        try
        {
            await ForwardAsync(context, binding, found.Route);
        }
        finally
        {
            binding.Target.Leave(context.Response.StatusCode >= 500);
            log.Write(context, found.Route.Service, binding, requestId, Stopwatch.GetElapsedTime(start));
        }
    }

    private async Task ForwardAsync(HttpContext context, Binding binding, Routing.Route route)
    {
        var options = binding.Options;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = options.MaxRequestBody == 0 ? null : options.MaxRequestBody;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, binding.Target.Cut);
        using var deadline = new HeaderDeadline(stop, options.TargetTimeout, time);
        await using var buffers = new BodyBuffers(context, options);
        if (!await buffers.ReadRequestAsync(stop.Token))
        {
            await ErrorPages.WriteAsync(context, StatusCodes.Status413PayloadTooLarge);
            return;
        }

        deadline.Watch(context);
        var transformer = new EdgeTransformer(route, options, deadline);
        var error = await forwarder.SendAsync(
            context,
            binding.Target.Prefix,
            binding.Target.Invoker,
            Config,
            transformer,
            stop.Token
        );
        if (error != ForwarderError.None)
        {
            await ExplainAsync(context, error, deadline, binding);
            return;
        }

        await buffers.SendResponseAsync(stop.Token);
    }

    /// <summary>Says what went wrong, when the client can still be told.</summary>
    private static async Task ExplainAsync(
        HttpContext context,
        ForwarderError error,
        HeaderDeadline deadline,
        Binding binding
    )
    {
        if (context.Response.HasStarted || context.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        var status = (deadline.IsOver, error) switch
        {
            (true, _) => StatusCodes.Status504GatewayTimeout,
            (_, _) when binding.Target.Cut.IsCancellationRequested => StatusCodes.Status503ServiceUnavailable,
            (_, ForwarderError.RequestBodyClient or ForwarderError.RequestBodyCanceled)
                when context.Response.StatusCode is >= 400 and < 500 => context.Response.StatusCode,
            _ => StatusCodes.Status502BadGateway,
        };
        context.Response.Clear();
        await ErrorPages.WriteAsync(context, status);
    }
}

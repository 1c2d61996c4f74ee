using System.Net;
using Lotse.Proxy.Contract;
using Lotse.Proxy.Routing;
using Lotse.Proxy.Switching;
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

    /// <summary>Without TLS there is nothing to negotiate with: a target speaks HTTP/2 because its options say so.</summary>
    private static readonly ForwarderRequestConfig Http2Config = Config with
    {
        Version = HttpVersion.Version20,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    public async Task HandleAsync(HttpContext context)
    {
        var line = new LogLine(time.GetTimestamp()) { RequestId = RequestIds.Ensure(context) };
        var route = board.Assign(context.Request.Host.Host, context.Request.Path.Value ?? "/");
        line.Route = route;
        try
        {
            while (route?.Hold is { } hold && await hold.WaitAsync(time, context.RequestAborted))
            {
                route = board.Assign(context.Request.Host.Host, context.Request.Path.Value ?? "/");
                line.Route = route;
            }

            await (
                route is null ? ErrorPages.WriteAsync(context, StatusCodes.Status404NotFound)
                : route.Hold is { } held ? AnswerHeldAsync(context, held)
                : route.Binding is null ? ErrorPages.WriteAsync(context, StatusCodes.Status503ServiceUnavailable)
                : ForwardAsync(context, route, line)
            );
        }
        catch (Exception thrown)
        {
            line.Fault = thrown.GetType().Name;
            line.FaultText = thrown.Message;
            throw;
        }
        finally
        {
            log.Write(context, line);
        }
    }

    private static Task AnswerHeldAsync(HttpContext context, Hold hold) =>
        context.RequestAborted.IsCancellationRequested ? Task.CompletedTask
        : hold.Mode == ServiceMode.Stopped
            ? ErrorPages.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, hold.Message)
        : ErrorPages.WriteAsync(context, StatusCodes.Status504GatewayTimeout);

    private async Task ForwardAsync(HttpContext context, ServiceRoute route, LogLine line)
    {
        var binding = route.Binding!;
        await using var exchange = new Exchange(context, binding, time);
        if (await exchange.PrepareAsync() is { } refused)
        {
            await ErrorPages.WriteAsync(context, refused);
            return;
        }

        var transformer = new EdgeTransformer(route, binding.Options, exchange);
        var (prefix, invoker) = (binding.Target.Prefix, binding.Target.Invoker);
        var config = binding.Options.TargetHttp2 ? Http2Config : Config;
        var error = await forwarder.SendAsync(context, prefix, invoker, config, transformer, exchange.Stopped);
        (line.RequestBytes, line.ResponseBytes) = (exchange.ReadBytes, exchange.CountedBytes);
        if (error == ForwarderError.None)
        {
            await exchange.FinishAsync();
            return;
        }

        line.Fault = error.ToString();
        line.FaultText = context.GetForwarderErrorFeature()?.Exception?.GetBaseException().Message;
        await exchange.ExplainAsync(error);
    }
}

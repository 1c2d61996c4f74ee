using System.Net;
using Lotse.Proxy.Routing;

namespace Lotse.Proxy.Forwarding;

/// <summary>What the access log says of one request. It is filled on the request's path, and turned into text elsewhere.</summary>
internal sealed class LogLine(long start)
{
    /// <summary>nginx's own status for a client that went away before it had an answer.</summary>
    private const int ClientGone = 499;

    public long Start => start;
    public ServiceRoute? Route { get; set; }
    public required string RequestId { get; init; }
    public long? RequestBytes { get; set; }
    public long? ResponseBytes { get; set; }

    /// <summary>What went wrong, by kind; null when nothing did.</summary>
    public string? Fault { get; set; }

    /// <summary>The same in the system's own words.</summary>
    public string? FaultText { get; set; }

    public DateTimeOffset At { get; private set; }
    public TimeSpan Took { get; private set; }
    public string Host { get; private set; } = "";
    public string Method { get; private set; } = "";
    public string Path { get; private set; } = "";
    public string Query { get; private set; } = "";
    public string Protocol { get; private set; } = "";
    public int Status { get; private set; }
    public IPAddress? Remote { get; private set; }
    public string UserAgent { get; private set; } = "";
    public (string Name, string Value)[]? RequestHeaders { get; private set; }
    public (string Name, string Value)[]? ResponseHeaders { get; private set; }

    /// <summary>Takes what is known at the request's end; the context is not to be touched after it.</summary>
    public void Complete(HttpContext context, TimeProvider time)
    {
        var (request, response) = (context.Request, context.Response);
        At = time.GetUtcNow();
        Took = time.GetElapsedTime(Start);
        Host = request.Headers.Host.ToString();
        Method = request.Method;
        Path = request.Path.Value ?? "";
        Query = request.QueryString.Value ?? "";
        Protocol = request.Protocol;
        Status =
            context.RequestAborted.IsCancellationRequested && !response.HasStarted ? ClientGone : response.StatusCode;
        RequestBytes ??= request.ContentLength;
        ResponseBytes ??= Fault is null && !HttpMethods.IsHead(Method) ? response.ContentLength : null;
        Remote = context.Connection.RemoteIpAddress;
        UserAgent = request.Headers.UserAgent.ToString();
        if (Route?.Binding?.Options is { } options)
        {
            RequestHeaders = Pick(options.LogRequestHeaders, request.Headers);
            ResponseHeaders = Pick(options.LogResponseHeaders, response.Headers);
        }
    }

    private static (string Name, string Value)[]? Pick(IReadOnlyList<string> names, IHeaderDictionary headers) =>
        names.Count == 0
            ? null
            : [.. names.Where(headers.ContainsKey).Select(n => (n.ToLowerInvariant(), headers[n].ToString()))];
}

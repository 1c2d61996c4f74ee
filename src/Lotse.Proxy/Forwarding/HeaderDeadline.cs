namespace Lotse.Proxy.Forwarding;

/// <summary>
/// Limits the time from the end of the request to the start of the response. An upload may take as long as it likes, and so may a response that has begun.
/// </summary>
internal sealed class HeaderDeadline(CancellationTokenSource stop, TimeSpan limit)
{
    private volatile bool isAnswered;

    /// <summary>Begins to count: at once, or when the request's body has been read to its end.</summary>
    public void Watch(HttpContext context)
    {
        if (limit == TimeSpan.Zero)
        {
            return;
        }

        var hasBody = context.Request.ContentLength is > 0 || context.Request.Headers.TransferEncoding.Count > 0;
        if (hasBody && !context.Request.Body.CanSeek)
        {
            context.Request.Body = new EndOfBodyStream(context.Request.Body, Start);
        }
        else
        {
            Start();
        }
    }

    /// <summary>The response has begun.</summary>
    public void Answered()
    {
        isAnswered = true;
        stop.CancelAfter(Timeout.InfiniteTimeSpan);
    }

    private void Start()
    {
        if (!isAnswered)
        {
            stop.CancelAfter(limit);
        }
    }
}

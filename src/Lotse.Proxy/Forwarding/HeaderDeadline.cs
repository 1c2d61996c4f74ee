namespace Lotse.Proxy.Forwarding;

/// <summary>
/// Limits the time from the end of the request to the start of the response. An upload may take as long as it likes, and so may a response that has begun.
/// </summary>
internal sealed class HeaderDeadline(CancellationTokenSource stop, TimeSpan limit)
{
    private volatile bool isAnswered;

    /// <summary>Begins to count, unless the response has begun already.</summary>
    public void Start()
    {
        if (!isAnswered && limit > TimeSpan.Zero)
        {
            stop.CancelAfter(limit);
        }
    }

    /// <summary>The response has begun.</summary>
    public void Answered()
    {
        isAnswered = true;
        stop.CancelAfter(Timeout.InfiniteTimeSpan);
    }
}

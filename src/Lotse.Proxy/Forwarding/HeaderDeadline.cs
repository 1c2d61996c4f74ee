namespace Lotse.Proxy.Forwarding;

/// <summary>
/// Limits the time that the target takes until its response begins: from the end of the request on, and for each piece of the request that it is to take.
/// A client may take as long as it likes with its upload, and so may a response that has begun.
/// </summary>
internal sealed class HeaderDeadline(CancellationTokenSource stop, TimeSpan limit)
{
    private volatile bool isAnswered;

    /// <summary>It is the target's turn, unless its response has begun already.</summary>
    public void Start()
    {
        if (isAnswered || limit <= TimeSpan.Zero)
        {
            return;
        }

        stop.CancelAfter(limit);
        Interlocked.MemoryBarrier();
        if (isAnswered)
        {
            // The response began between the question and the clock's start: it must not be cut off by it.
            stop.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>It is the client's turn to send more.</summary>
    public void Pause()
    {
        if (!isAnswered && limit > TimeSpan.Zero)
        {
            stop.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The response has begun.</summary>
    public void Answered()
    {
        isAnswered = true;
        stop.CancelAfter(Timeout.InfiniteTimeSpan);
    }
}

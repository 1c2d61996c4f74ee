using Lotse.Proxy.Contract;

namespace Lotse.Proxy.Targets;

/// <summary>
/// One container's port. It counts the requests assigned to it, so that a drain knows when the last has ended: entering and closing share one
/// word of memory, so no request can slip in between.
/// </summary>
internal sealed class Target(string address, DateTimeOffset since) : IDisposable
{
    private const int Closed = 1 << 30;
    private CancellationTokenSource cut = new();
    private readonly Lock waiting = new();
    private TaskCompletionSource? idle;
    private int state;
    private long requests;
    private long errors;
    private long connectErrors;

    /// <summary>The target, <c>host:port</c>. The host is resolved for each new connection.</summary>
    public string Address { get; } = address;

    /// <summary>The URL that paths are appended to.</summary>
    public string Prefix { get; } = $"http://{address}";

    public DateTimeOffset Since { get; } = since;

    public HttpMessageInvoker Invoker { get; } = TargetConnections.New();

    /// <summary>Cancelled when what is still in flight is to be cut off. A request takes it at its beginning, and keeps it.</summary>
    public CancellationToken Cut => Volatile.Read(ref cut).Token;

    public int InFlight => Volatile.Read(ref state) & ~Closed;

    public long Requests => Interlocked.Read(ref requests);

    public long Errors => Interlocked.Read(ref errors);

    public long ConnectErrors => Interlocked.Read(ref connectErrors);

    /// <summary>What the probes found since it has the traffic; null before the first.</summary>
    public HealthReport? Health { get; set; }

    /// <summary>Assigns a request to this target; false when it takes no more.</summary>
    public bool TryEnter()
    {
        var seen = Volatile.Read(ref state);
        while ((seen & Closed) == 0)
        {
            var before = Interlocked.CompareExchange(ref state, seen + 1, seen);
            if (before == seen)
            {
                Interlocked.Increment(ref requests);
                return true;
            }

            seen = before;
        }

        return false;
    }

    /// <summary>Notes that a request found no connection; it counts as an error besides, when it leaves.</summary>
    public void CountConnectError() => Interlocked.Increment(ref connectErrors);

    /// <summary>Ends a request.</summary>
    public void Leave(bool failed)
    {
        if (failed)
        {
            Interlocked.Increment(ref errors);
        }

        if (Interlocked.Decrement(ref state) == Closed)
        {
            lock (waiting)
            {
                idle?.TrySetResult();
            }
        }
    }

    /// <summary>From now on no request is assigned to it.</summary>
    public void Close() => Interlocked.Or(ref state, Closed);

    /// <summary>Takes requests again, after <see cref="Close"/>.</summary>
    public void Reopen() => Interlocked.And(ref state, ~Closed);

    /// <summary>Waits until a closed target has no request in flight; false when the time is over before.</summary>
    public async Task<bool> WaitUntilIdleAsync(TimeSpan timeout, TimeProvider time, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            // The wait is set up before the count is read, so that the last request cannot leave unseen; and the count is read again after it,
            // because the target may have been reopened in between.
            for (var next = NextIdle(); InFlight > 0; next = NextIdle())
            {
                await next.WaitAsync(either.Token);
            }

            return true;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return InFlight == 0;
        }
    }

    /// <summary>Cuts off what is in flight, for good, and says how many requests that were.</summary>
    public int CutOff()
    {
        var left = InFlight;
        if (left > 0)
        {
            // Not Cancel: the requests' ends are not to run here, where the caller may hold a lock.
            _ = cut.CancelAsync();
        }

        return left;
    }

    /// <summary>Cuts off what is in flight and says how many requests that were; those that come later are not touched.</summary>
    public int CutOffAndGoOn()
    {
        var left = InFlight;
        if (left > 0)
        {
            _ = Interlocked.Exchange(ref cut, new CancellationTokenSource()).CancelAsync();
        }

        return left;
    }

    public void Dispose() => Invoker.Dispose();

    private Task NextIdle()
    {
        lock (waiting)
        {
            if (idle is null or { Task.IsCompleted: true })
            {
                idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            return idle.Task;
        }
    }
}

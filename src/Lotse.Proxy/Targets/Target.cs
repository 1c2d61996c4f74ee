using System.Net;

namespace Lotse.Proxy.Targets;

/// <summary>
/// One container's port. It counts the requests assigned to it, so that a drain knows when the last has ended: entering and closing share one
/// word of memory, so no request can slip in between.
/// </summary>
internal sealed class Target : IDisposable
{
    private const int Closed = 1 << 30;
    private readonly CancellationTokenSource cut = new();
    private TaskCompletionSource idle = NewIdle();
    private int state;
    private long requests;
    private long errors;

    public Target(string address)
    {
        Address = address;
        Prefix = $"http://{address}";
        Invoker = new HttpMessageInvoker(
            new SocketsHttpHandler
            {
                UseProxy = false,
                AllowAutoRedirect = false,
                AutomaticDecompression = DecompressionMethods.None,
                UseCookies = false,
                ActivityHeadersPropagator = null,
                ConnectTimeout = TimeSpan.FromSeconds(5),
                // Well below the two minutes after which servers close a silent connection: a request must not meet that moment.
                PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            }
        );
    }

    /// <summary>The target, <c>host:port</c>. The host is resolved for each new connection.</summary>
    public string Address { get; }

    /// <summary>The URL that paths are appended to.</summary>
    public string Prefix { get; }

    public HttpMessageInvoker Invoker { get; }

    /// <summary>Cancelled when what is still in flight is to be cut off.</summary>
    public CancellationToken Cut => cut.Token;

    public int InFlight => Volatile.Read(ref state) & ~Closed;

    public long Requests => Interlocked.Read(ref requests);

    public long Errors => Interlocked.Read(ref errors);

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

    /// <summary>Ends a request.</summary>
    public void Leave(bool failed)
    {
        if (failed)
        {
            Interlocked.Increment(ref errors);
        }

        if (Interlocked.Decrement(ref state) == Closed)
        {
            idle.TrySetResult();
        }
    }

    /// <summary>From now on no request is assigned to it.</summary>
    public void Close()
    {
        if ((Interlocked.Or(ref state, Closed) & ~Closed) == 0)
        {
            idle.TrySetResult();
        }
    }

    /// <summary>Takes requests again, after <see cref="Close"/>.</summary>
    public void Reopen()
    {
        idle = NewIdle();
        Interlocked.And(ref state, ~Closed);
    }

    /// <summary>Waits until a closed target has no request in flight; cuts off what is left after the time. Returns how many that were.</summary>
    public async Task<int> DrainAsync(TimeSpan timeout, TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            await idle.Task.WaitAsync(timeout, time, cancellation);
            return 0;
        }
        catch (TimeoutException)
        {
            var left = InFlight;
            await cut.CancelAsync();
            return left;
        }
    }

    public void Dispose() => Invoker.Dispose();

    private static TaskCompletionSource NewIdle() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

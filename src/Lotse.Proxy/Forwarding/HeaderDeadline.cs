namespace Lotse.Proxy.Forwarding;

/// <summary>
/// Limits the time from the end of the request to the start of the response. An upload may take as long as it likes, and so may a response that has begun.
/// </summary>
internal sealed class HeaderDeadline(CancellationTokenSource stop, TimeSpan limit, TimeProvider time) : IDisposable
{
    private ITimer? timer;
    private volatile bool isDone;

    /// <summary>Whether the time ran out.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Begins to count: at once, or when the request's body has been read to its end.</summary>
    public void Watch(HttpContext context)
    {
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
    public void Stop()
    {
        isDone = true;
        timer?.Dispose();
    }

    public void Dispose() => Stop();

    private void Start()
    {
        if (timer is null && !isDone)
        {
            timer = time.CreateTimer(
                static state => ((HeaderDeadline)state!).Fire(),
                this,
                limit,
                Timeout.InfiniteTimeSpan
            );
        }
    }

    private void Fire()
    {
        if (isDone)
        {
            return;
        }

        IsOver = true;
        try
        {
            stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The request ended in this very moment.
        }
    }
}

/// <summary>Passes a body through and tells when its end was read.</summary>
internal sealed class EndOfBodyStream(Stream inner, Action ended) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await inner.ReadAsync(buffer, cancellationToken);
        if (count == 0)
        {
            ended();
        }

        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

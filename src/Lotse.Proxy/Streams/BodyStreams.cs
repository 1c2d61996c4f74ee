namespace Lotse.Proxy.Streams;

/// <summary>
/// A request's body: counts its bytes, ends it where it becomes larger than the service takes, and tells whose turn it is: the client's, while more of the
/// body is waited for, or the target's, which is to take what came. The server's own limit counts the framing of chunks as well, and so would refuse what
/// is not too large.
/// </summary>
/// <param name="inner">The body as the server gives it.</param>
/// <param name="most">The most bytes that it may have; 0 sets no limit.</param>
/// <param name="waiting">Called when more is waited for.</param>
/// <param name="came">Called when a piece or the end has come.</param>
internal sealed class RequestBodyStream(Stream inner, long most, Action waiting, Action came) : PassThroughStream(inner)
{
    public long Count { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        waiting();
        var count = await Inner.ReadAsync(buffer, cancellationToken);
        Count += count;
        if (most > 0 && Count > most)
        {
            throw new BadHttpRequestException("The body is too large.", StatusCodes.Status413PayloadTooLarge);
        }

        came();
        return count;
    }
}

/// <summary>Counts the bytes of a body whose length is not known before.</summary>
internal sealed class CountingStream(Stream inner) : PassThroughStream(inner)
{
    public long Count { get; private set; }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Count += buffer.Length;
        return Inner.WriteAsync(buffer, cancellationToken);
    }
}

namespace Lotse.Proxy.Streams;

/// <summary>
/// A request's body: counts its bytes, ends it where it becomes larger than the service takes, and tells when it was read to its end. The server's own
/// limit counts the framing of chunks as well, and so would refuse what is not too large.
/// </summary>
internal sealed class RequestBodyStream(Stream inner, long most, Action ended) : PassThroughStream(inner)
{
    public long Count { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await Inner.ReadAsync(buffer, cancellationToken);
        Count += count;
        if (most > 0 && Count > most)
        {
            throw new BadHttpRequestException("The body is too large.", StatusCodes.Status413PayloadTooLarge);
        }

        if (count == 0 && buffer.Length > 0)
        {
            ended();
        }

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

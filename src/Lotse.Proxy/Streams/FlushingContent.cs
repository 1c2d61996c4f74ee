using System.Net;

namespace Lotse.Proxy.Streams;

/// <summary>
/// Sends each piece of a body on as it comes. The client under the forwarder gathers small chunks until its buffer is full, which would keep back an upload
/// that the target is to answer piece by piece.
/// </summary>
internal sealed class FlushingHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        if (request.Content is { Headers.ContentLength: null } chunked)
        {
            request.Content = new FlushingContent(chunked);
        }

        return base.SendAsync(request, cancellationToken);
    }
}

/// <summary>Another content, with a flush after each write.</summary>
internal sealed class FlushingContent : HttpContent
{
    private readonly HttpContent inner;

    public FlushingContent(HttpContent inner)
    {
        this.inner = inner;
        foreach (var header in inner.Headers.NonValidated)
        {
            Headers.TryAddWithoutValidation(header.Key, header.Value);
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(
        Stream stream,
        TransportContext? context,
        CancellationToken cancellationToken
    ) => inner.CopyToAsync(new FlushingStream(stream), context, cancellationToken);

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}

/// <summary>Flushes after each write.</summary>
internal sealed class FlushingStream(Stream inner) : PassThroughStream(inner)
{
    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer,
        CancellationToken cancellationToken = default
    )
    {
        await Inner.WriteAsync(buffer, cancellationToken);
        await Inner.FlushAsync(cancellationToken);
    }
}

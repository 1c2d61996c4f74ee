using System.Net;
using System.Text;
using System.Threading.Channels;

namespace Lotse.Proxy.Tests.Support;

/// <summary>A request body that a test sends piece by piece.</summary>
internal sealed class PushContent : HttpContent
{
    private readonly Channel<byte[]> pieces = Channel.CreateUnbounded<byte[]>();

    public ValueTask PushAsync(string piece) =>
        pieces.Writer.WriteAsync(Encoding.UTF8.GetBytes(piece), TestContext.Current.CancellationToken);

    public void End() => pieces.Writer.Complete();

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.FlushAsync();
        await foreach (var piece in pieces.Reader.ReadAllAsync())
        {
            await stream.WriteAsync(piece);
            await stream.FlushAsync();
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}

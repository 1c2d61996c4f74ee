namespace Lotse.Registry.Archives;

/// <summary>Content as it is read, counted.</summary>
/// <param name="content">The content; is left open.</param>
/// <param name="report">Gets the number of bytes read so far, after each read.</param>
internal sealed class CountingStream(Stream content, Action<long> report) : Stream
{
    public override bool CanRead => true;

    // A tar entry's size stands before its content: the writer asks for it by the length.
    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => content.Length;

    public override long Position
    {
        get => content.Position;
        set => content.Position = value;
    }

    public override int Read(byte[] buffer, int offset, int count) => Count(content.Read(buffer, offset, count));

    public override async ValueTask<int> ReadAsync(
        Memory<byte> buffer,
        CancellationToken cancellationToken = default
    ) => Count(await content.ReadAsync(buffer, cancellationToken));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => content.Seek(offset, origin);

    public override void Flush() { }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int Count(int read)
    {
        report(content.Position);
        return read;
    }
}

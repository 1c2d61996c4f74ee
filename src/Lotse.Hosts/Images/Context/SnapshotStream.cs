using Lotse.Execution.Ports;

namespace Lotse.Hosts.Images.Context;

/// <summary>
/// A file with the length that it had when it was opened. An archive holds the length before the content: a log file that grows
/// while it is read would otherwise make everything after it unreadable.
/// </summary>
internal sealed class SnapshotStream(FileStream file, string path) : Stream
{
    public override long Length { get; } = file.Length;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Position
    {
        get => file.Position;
        set => file.Position = value;
    }

    public override int Read(Span<byte> buffer) => Check(file.Read(Limit(buffer)), buffer.Length);

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override async ValueTask<int> ReadAsync(
        Memory<byte> buffer,
        CancellationToken cancellationToken = default
    ) => Check(await file.ReadAsync(buffer[..Limit(buffer.Span).Length], cancellationToken), buffer.Length);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => file.Seek(offset, origin);

    public override void Flush() { }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            file.Dispose();
        }

        base.Dispose(disposing);
    }

    private Span<byte> Limit(Span<byte> buffer) => buffer[..(int)Math.Min(buffer.Length, Length - file.Position)];

    private int Check(int read, int wanted) =>
        read == 0 && wanted > 0 && file.Position < Length
            ? throw new BuildFailedException(
                BuildFailure.Context,
                $"The file {path} of the build context became shorter while it was sent.",
                "Let nothing write to the context during a build, or leave the file out with .dockerignore."
            )
            : read;
}

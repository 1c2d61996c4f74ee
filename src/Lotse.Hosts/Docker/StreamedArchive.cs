using System.IO.Pipelines;

namespace Lotse.Hosts.Docker;

/// <summary>Joins who writes an archive to who reads it, so that it is never whole in memory or on disk.</summary>
internal static class StreamedArchive
{
    /// <summary>What is written at once travels at once: each piece costs a message of its own.</summary>
    private const int PieceBytes = 64 << 10;

    /// <summary>Runs both to their end. When one fails, the other is ended.</summary>
    public static async Task SendAsync(
        Func<Stream, CancellationToken, Task> write,
        Func<Stream, CancellationToken, Task> read,
        CancellationToken cancellation
    )
    {
        var pipe = new Pipe(
            new PipeOptions(
                minimumSegmentSize: PieceBytes,
                pauseWriterThreshold: 4 * PieceBytes,
                resumeWriterThreshold: 2 * PieceBytes
            )
        );
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var writing = WriteAsync(write, pipe.Writer, ending.Token);
        try
        {
            await read(pipe.Reader.AsStream(), cancellation);
            await writing;
        }
        catch when (!writing.IsCompletedSuccessfully)
        {
            await pipe.Reader.CompleteAsync();
            await ending.CancelAsync();
            await ThrowUnlessEndedAsync(writing);
            throw;
        }
    }

    /// <summary>A reader fails when the writer does, but the writer knows why. Where the writer was only ended, the reader does.</summary>
    private static async Task ThrowUnlessEndedAsync(Task writing)
    {
        try
        {
            await writing;
        }
        catch (OperationCanceledException)
        {
            // Ended on behalf of the reader, whose failure is on its way.
        }
    }

    private static async Task WriteAsync(
        Func<Stream, CancellationToken, Task> write,
        PipeWriter to,
        CancellationToken cancellation
    )
    {
        try
        {
            await write(to.AsStream(leaveOpen: true), cancellation);
            await to.CompleteAsync();
        }
        catch (Exception failure)
        {
            await to.CompleteAsync(failure);
            throw;
        }
    }
}

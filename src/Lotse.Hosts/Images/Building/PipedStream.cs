using System.IO.Pipelines;

namespace Lotse.Hosts.Images.Building;

/// <summary>Lets one side write a stream while the other reads it, with nothing but a small buffer between them.</summary>
internal static class PipedStream
{
    /// <summary>
    /// Runs both sides to their end. When the writer fails, its error is the one that is thrown: the reader's is only its echo.
    /// When the reader ends or fails first, the writer is stopped.
    /// </summary>
    public static async Task RunAsync(
        Func<Stream, CancellationToken, Task> write,
        Func<Stream, CancellationToken, Task> read,
        CancellationToken cancellation
    )
    {
        var pipe = new Pipe(new(pauseWriterThreshold: 1 << 20, resumeWriterThreshold: 1 << 19));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var writing = WriteAsync(pipe.Writer, write, stop.Token);
        try
        {
            await read(pipe.Reader.AsStream(), cancellation);
        }
        catch when (writing.IsFaulted)
        {
            await writing;
            throw;
        }
        finally
        {
            await stop.CancelAsync();
            await pipe.Reader.CompleteAsync();
            await writing.ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private static async Task WriteAsync(
        PipeWriter pipe,
        Func<Stream, CancellationToken, Task> write,
        CancellationToken cancellation
    )
    {
        try
        {
            await using (var stream = pipe.AsStream(leaveOpen: true))
            {
                await write(stream, cancellation);
            }

            await pipe.CompleteAsync();
        }
        catch (Exception error)
        {
            await pipe.CompleteAsync(error);
            throw;
        }
    }
}

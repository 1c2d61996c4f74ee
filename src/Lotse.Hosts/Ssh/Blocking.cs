namespace Lotse.Hosts.Ssh;

/// <summary>Runs what blocks its caller on a thread of its own: the thread pool's would be used up by a few hosts.</summary>
internal static class Blocking
{
    public static Task RunAsync(Action work, CancellationToken cancellation) =>
        RunAsync(
            () =>
            {
                work();
                return true;
            },
            cancellation
        );

    /// <summary>A result that comes after the cancellation is disposed of.</summary>
    public static async Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellation)
    {
        var running = Task.Factory.StartNew(work, cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            return await running.WaitAsync(cancellation);
        }
        catch (OperationCanceledException) when (!running.IsCompleted)
        {
            _ = running.ContinueWith(DropAsync, CancellationToken.None, default, TaskScheduler.Default);
            throw;
        }
    }

    private static async Task DropAsync<T>(Task<T> late)
    {
        // Nobody waits for it any more: a failure is of no interest, a channel must not stay open.
        if (late is { IsCompletedSuccessfully: true, Result: IAsyncDisposable result })
        {
            await result.DisposeAsync();
        }
        else
        {
            _ = late.Exception;
        }
    }
}

namespace Lotse.Registry.Storage;

/// <summary>
/// The lock between pushing and pruning, across processes. Who promises a client that content is there holds it
/// shared while marking the content as used; who deletes unused content holds it alone. Both hold it for milliseconds.
/// The operating system frees it when its owner dies.
/// </summary>
internal sealed class StoreLock(string path)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    // Waiting for another process takes real time, whatever clock the store works with.
    private static readonly TimeProvider Clock = TimeProvider.System;

    public Task<IDisposable> SharedAsync(CancellationToken cancellation) =>
        AcquireAsync(FileAccess.Read, FileShare.Read, cancellation);

    public Task<IDisposable> ExclusiveAsync(CancellationToken cancellation) =>
        AcquireAsync(FileAccess.ReadWrite, FileShare.None, cancellation);

    private async Task<IDisposable> AcquireAsync(FileAccess access, FileShare share, CancellationToken cancellation)
    {
        var start = Clock.GetTimestamp();
        while (true)
        {
            try
            {
                // .NET maps FileShare.None to an exclusive and FileShare.Read to a shared flock on Unix.
                return new FileStream(path, FileMode.Open, access, share, bufferSize: 0);
            }
            catch (IOException error) when (StorageFaults.IsLocked(error))
            {
                if (Clock.GetElapsedTime(start) > Patience)
                {
                    throw Busy(error);
                }
            }
            catch (Exception error) when (StorageFaults.IsStorageError(error))
            {
                throw StorageFaults.From(error, path);
            }

            await Task.Delay(Pause, Clock, cancellation);
        }
    }

    private RegistryException Busy(IOException error) =>
        new(
            RegistryFault.StoreBusy,
            $"Another process has held {path} for {Patience.TotalSeconds:0} s. Look for one that is stopped or hangs.",
            error
        );
}

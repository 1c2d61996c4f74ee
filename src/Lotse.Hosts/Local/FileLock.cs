namespace Lotse.Hosts.Local;

/// <summary>
/// A lock between processes of this machine, held as long as the file is open. The system lets go of it when the holder dies,
/// however it dies.
/// </summary>
internal sealed class FileLock : IDisposable
{
    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    /// <summary>Waits until nobody else holds the lock. <paramref name="onWait"/> is called once if there is a wait.</summary>
    public static async Task<FileLock> AcquireAsync(
        string path,
        TimeProvider time,
        Action onWait,
        CancellationToken cancellation
    )
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var waited = false;
        while (true)
        {
            if (TryOpen(path) is { } file)
            {
                return new(file);
            }

            if (!waited)
            {
                waited = true;
                onWait();
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), time, cancellation);
        }
    }

    public void Dispose() => _file.Dispose();

    private static FileStream? TryOpen(string path)
    {
        try
        {
            return new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }
}

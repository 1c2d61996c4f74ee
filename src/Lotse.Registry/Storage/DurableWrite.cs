namespace Lotse.Registry.Storage;

/// <summary>The last steps of writing a file so that it is there as a whole or not at all.</summary>
internal static class DurableWrite
{
    /// <summary>
    /// Waits until the file's bytes are on the disk. On a thread of its own: it may take long, and a pool of two
    /// threads must go on serving meanwhile.
    /// </summary>
    public static Task FlushAsync(FileStream file) =>
        Task.Factory.StartNew(
            () => file.Flush(flushToDisk: true),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );

    /// <summary>Gives a finished temporary file its name, replacing what had it.</summary>
    public static void Publish(string temporary, string path, DateTimeOffset now)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.SetLastWriteTimeUtc(temporary, now.UtcDateTime);
        File.Move(temporary, path, overwrite: true);
    }
}

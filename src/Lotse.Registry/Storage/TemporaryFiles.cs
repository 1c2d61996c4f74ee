using System.Globalization;
using System.Security.Cryptography;

namespace Lotse.Registry.Storage;

/// <summary>
/// Files that are being written, in the store's <c>uploads</c> directory. The writer keeps its file open and locked,
/// so a file that can be locked belongs to nobody alive. The name begins with the time of the beginning
/// (Unix milliseconds).
/// </summary>
internal sealed class TemporaryFiles(string directory, TimeProvider time)
{
    public FileStream Create()
    {
        while (true)
        {
            var path = Path.Combine(directory, NewName());
            try
            {
                return new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
            }
            catch (IOException error) when (StorageFaults.IsLocked(error))
            {
                // Another process looked whether the file is held, just between its creation and its locking.
                File.Delete(path);
            }
            catch (Exception error) when (StorageFaults.IsStorageError(error))
            {
                throw StorageFaults.From(error, path);
            }
        }
    }

    /// <summary>When the oldest write that still runs, in any process, began; null when none runs.</summary>
    public DateTimeOffset? OldestRunning()
    {
        var running = Directory.EnumerateFiles(directory).Where(IsHeld).Select(Began).ToList();
        return running.Count == 0 ? null : running.Min();
    }

    /// <summary>
    /// Removes what dead processes left, if last written before <paramref name="cutoff"/>: between creating a file and
    /// locking it, and between closing and renaming it, a living writer's file is unlocked for a moment.
    /// </summary>
    /// <returns>The bytes freed.</returns>
    public long RemoveAbandoned(DateTimeOffset cutoff)
    {
        var freed = 0L;
        foreach (var file in new DirectoryInfo(directory).EnumerateFiles())
        {
            if (file.LastWriteTimeUtc <= cutoff.UtcDateTime && !IsHeld(file.FullName))
            {
                freed += SizeOf(file);
                file.Delete();
            }
        }

        return freed;
    }

    private string NewName() =>
        time.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)
        + "-"
        + RandomNumberGenerator.GetHexString(32, lowercase: true);

    private static long SizeOf(FileInfo file)
    {
        try
        {
            return file.Length;
        }
        catch (FileNotFoundException)
        {
            // Another process cleans up as well and was faster: it counts the bytes.
            return 0;
        }
    }

    private static bool IsHeld(string path)
    {
        try
        {
            // A shared lock on Unix. On Windows a plain open that leaves the writer free to rename its file.
            using var probe = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Delete, bufferSize: 0);
            return false;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (IOException error) when (StorageFaults.IsLocked(error))
        {
            return true;
        }
    }

    private static DateTimeOffset Began(string path)
    {
        var text = Path.GetFileName(path).Split('-')[0];
        return long.TryParse(text, CultureInfo.InvariantCulture, out var milliseconds)
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : DateTimeOffset.MaxValue;
    }
}

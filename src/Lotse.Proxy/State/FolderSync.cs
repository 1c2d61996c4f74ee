using System.Runtime.InteropServices;

namespace Lotse.Proxy.State;

/// <summary>Makes a rename durable: fsync(2) on the folder.</summary>
internal static partial class FolderSync
{
    public static void Run(string folder)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var handle = Open(folder, 0);
        if (handle >= 0)
        {
            // A file system that cannot sync folders (some network ones) says so here; there is nothing better to do then.
            _ = Sync(handle);
            _ = Close(handle);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Sync(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int handle);
}

namespace Lotse.Registry.Storage;

/// <summary>Tells apart what a file system refuses, by error number, and says it in the registry's words.</summary>
internal static class StorageFaults
{
    private const int WindowsSharingViolation = unchecked((int)0x80070020);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int NoSpace = 28;

    private static readonly int WouldBlock = OperatingSystem.IsMacOS() ? 35 : 11;
    private static readonly int QuotaExceeded = OperatingSystem.IsMacOS() ? 69 : 122;

    /// <summary>True where another process (or handle) holds the lock on the file.</summary>
    public static bool IsLocked(IOException error) =>
        error.HResult == (OperatingSystem.IsWindows() ? WindowsSharingViolation : WouldBlock);

    /// <summary>True for the errors a file system raises, as opposed to those of programming or the network.</summary>
    public static bool IsStorageError(Exception error) => error is IOException or UnauthorizedAccessException;

    /// <summary>The failure for callers, with the path and the file system's own words as evidence.</summary>
    public static RegistryException From(Exception error, string path) =>
        IsFull(error)
            ? new RegistryException(
                RegistryFault.StorageFull,
                $"No space left for {path}. Nothing of it was kept. Free disk space, or prune the registry.",
                error
            )
            : new RegistryException(
                RegistryFault.StorageFailed,
                $"Cannot use {path}: {error.Message} Check that this user may read and write the directory.",
                error
            );

    /// <summary>
    /// Runs work on the store's files and turns what the file system refuses into the failure for callers.
    /// </summary>
    public static T Guard<T>(string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception error) when (IsStorageError(error))
        {
            throw From(error, path);
        }
    }

    private static bool IsFull(Exception error) =>
        OperatingSystem.IsWindows()
            ? error.HResult is WindowsDiskFull or WindowsHandleDiskFull
            : error.HResult == NoSpace || error.HResult == QuotaExceeded;
}

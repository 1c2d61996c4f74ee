namespace Lotse.Proxy.State;

/// <summary>
/// The folder of the proxy's state, held by one proxy at a time: a second one in the same folder would take the first one's control socket away and
/// overwrite its state.
/// </summary>
internal sealed class StateFolder : IDisposable
{
    private const int LinuxWouldBlock = 11;
    private const int MacWouldBlock = 35;
    private const int WindowsSharing = unchecked((int)0x80070020);
    private readonly FileStream held;

    /// <exception cref="IOException">Another proxy holds it, or it cannot be made.</exception>
    public StateFolder(string path)
    {
        if (!Directory.Exists(path))
        {
            Make(path);
        }

        try
        {
            // The lock (flock(2)) ends with the process, however that ends.
            held = new FileStream(
                System.IO.Path.Combine(path, "lock"),
                FileMode.OpenOrCreate,
                FileAccess.ReadWrite,
                FileShare.None
            );
        }
        catch (IOException taken) when (taken.HResult is LinuxWouldBlock or MacWouldBlock or WindowsSharing)
        {
            throw new IOException(
                $"Another proxy runs with the state folder {path}: stop it first, or give this one its own --state-dir.",
                taken
            );
        }

        Path = path;
    }

    public string Path { get; }

    public void Dispose() => held.Dispose();

    private static void Make(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}

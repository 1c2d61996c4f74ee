namespace Lotse.Hosts.Tests.Local;

/// <summary>A folder of a test's own, removed with what is in it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    /// <param name="readableByAll">Whether users of containers may read it too; by default only this user may.</param>
    public TemporaryFolder(bool readableByAll = false)
    {
        if (readableByAll && !OperatingSystem.IsWindows())
        {
            const UnixFileMode All = UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
            File.SetUnixFileMode(Path, File.GetUnixFileMode(Path) | All);
        }
    }

    public string Path { get; } = Directory.CreateTempSubdirectory("lotse-test-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public string Write(string name, string text)
    {
        var path = this[name];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    public static void MakeExecutable(string path)
    {
        const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, File.GetUnixFileMode(path) | Execute);
        }
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

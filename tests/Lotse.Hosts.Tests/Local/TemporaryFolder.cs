using System.Diagnostics;

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

    /// <summary>
    /// Writes a program that is run at once. Another process writes it: each program that other tests start meanwhile begins as a copy of this process, and would
    /// for that moment hold the file open for writing as well; what is open for writing cannot be run (ETXTBSY, execve(2)).
    /// </summary>
    public string WriteProgram(string name, string text)
    {
        var path = this[name];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        string[] command = ["-c", "cat >\"$1\" && chmod 755 \"$1\"", "sh", path];
        using var writer = Process.Start(new ProcessStartInfo("sh", command) { RedirectStandardInput = true })!;
        writer.StandardInput.Write(text);
        writer.StandardInput.Close();
        writer.WaitForExit();
        Assert.Equal(0, writer.ExitCode);
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

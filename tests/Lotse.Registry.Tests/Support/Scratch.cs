namespace Lotse.Registry.Tests.Support;

/// <summary>A directory for one test, removed at its end.</summary>
internal sealed class Scratch : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("lotse-registry-").FullName;

    /// <summary>All content in the store there, by path.</summary>
    public IReadOnlyList<FileInfo> Blobs =>
        [.. new DirectoryInfo(System.IO.Path.Combine(Path, "blobs")).EnumerateFiles("*", SearchOption.AllDirectories)];

    /// <summary>Files being written, or left by who died.</summary>
    public IReadOnlyList<FileInfo> Uploads =>
        [.. new DirectoryInfo(System.IO.Path.Combine(Path, "uploads")).EnumerateFiles()];

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

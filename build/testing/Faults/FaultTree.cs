namespace Lotse.TestRuns.Faults;

/// <summary>
/// A copy of the repository's files in which faults are tried out, so that nobody's own files are ever touched: all that git knows or would add, as they are now,
/// committed or not. It is kept from run to run, with what was compiled there.
/// </summary>
/// <param name="root">The repository's folder.</param>
/// <param name="folder">The copy's.</param>
/// <param name="time">The clock.</param>
public sealed class FaultTree(string root, string folder, TimeProvider time)
{
    private static readonly string[] Kept = ["bin", "obj", ".nuke", "artifacts"];

    /// <summary>The copy's folder.</summary>
    public string Folder { get; } = folder;

    /// <summary>Makes the copy equal to the repository: also where an earlier run was killed and has left a fault.</summary>
    /// <param name="cancellation">Ends it.</param>
    public async Task UpdateAsync(CancellationToken cancellation)
    {
        Directory.CreateDirectory(Folder);
        var files = await ListAsync(cancellation);
        foreach (var file in files)
        {
            Copy(file);
        }

        foreach (var file in FilesOf(Folder).Where(f => !files.Contains(Path.GetRelativePath(Folder, f))))
        {
            File.Delete(file);
        }
    }

    private async Task<HashSet<string>> ListAsync(CancellationToken cancellation)
    {
        string[] arguments = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
        var listed = await ChildProcess.RunAsync("git", arguments, root, TimeSpan.FromMinutes(1), cancellation);
        if (listed.ExitCode != 0)
        {
            throw new InvalidOperationException($"git cannot list the files of {root}: {listed.Output}");
        }

        return [.. listed.Output.Split('\0').Where(f => f.Length > 0 && File.Exists(Path.Combine(root, f)))];
    }

    private void Copy(string file)
    {
        var (from, to) = (Path.Combine(root, file), Path.Combine(Folder, file));
        if (File.Exists(to) && File.ReadAllBytes(from).AsSpan().SequenceEqual(File.ReadAllBytes(to)))
        {
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        File.Copy(from, to, overwrite: true);
        // The time of the original may lie before the last compilation, which would then pass over the file.
        File.SetLastWriteTimeUtc(to, time.GetUtcNow().UtcDateTime);
    }

    private static IEnumerable<string> FilesOf(string folder) =>
        Directory
            .GetDirectories(folder)
            .Where(d => !Kept.Contains(Path.GetFileName(d)))
            .SelectMany(FilesOf)
            .Concat(Directory.GetFiles(folder));
}

using System.Security.Cryptography;
using System.Text;
using Lotse.Execution.Ports;

namespace Lotse.Hosts.Images.Context;

/// <summary>
/// A copy of a context in a folder of its own, as <see cref="ContextTar"/> would have it, for a builder that reads folders.
/// The folder is named by a hash of the content: BuildKit keeps what it was sent under the folder's name and compares only sizes
/// and times, which here are all alike, so that under one name it would go on using changed files' old content.
/// </summary>
internal sealed class ContextStaging : IDisposable
{
    /// <summary>errno ENOSPC, as .NET hands it on.</summary>
    private const int NoSpace = 28;

    private readonly DirectoryInfo _parent;

    private ContextStaging(DirectoryInfo parent) => _parent = parent;

    public string Folder { get; private set; } = "";

    public static async Task<ContextStaging> CreateAsync(
        BuildContext context,
        DateTimeOffset clock,
        CancellationToken cancellation
    )
    {
        var staging = new ContextStaging(Directory.CreateTempSubdirectory("lotse-context-"));
        try
        {
            await staging.FillAsync(context, clock.UtcDateTime, cancellation);
            return staging;
        }
        catch (IOException error) when (error.HResult == NoSpace)
        {
            staging.Dispose();
            throw new BuildFailedException(
                BuildFailure.DiskFull,
                $"The build context does not fit on the disk of {Path.GetTempPath()}.",
                "Free space there, or point TMPDIR elsewhere, and build again.",
                error
            );
        }
        catch
        {
            staging.Dispose();
            throw;
        }
    }

    public void Dispose() => _parent.Delete(recursive: true);

    private async Task FillAsync(BuildContext context, DateTime clock, CancellationToken cancellation)
    {
        var filling = Path.Combine(_parent.FullName, "filling");
        Directory.CreateDirectory(filling);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var entries = context.Entries.Where(entry => !entry.BuilderOnly).ToList();
        foreach (var entry in entries)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{entry.Kind} {entry.Name} {entry.LinkTarget}\n"));
            await CopyAsync(entry, Path.Combine(filling, entry.Name), clock, hash, cancellation);
        }

        // Last, and from below: each file that was made has changed its folder's time.
        foreach (var folder in entries.Where(e => e.Kind == ContextEntryKind.Folder).Reverse())
        {
            Directory.SetLastWriteTimeUtc(Path.Combine(filling, folder.Name), clock);
        }

        Folder = Path.Combine(_parent.FullName, Convert.ToHexStringLower(hash.GetHashAndReset()));
        Directory.Move(filling, Folder);
    }

    private static async Task CopyAsync(
        ContextEntry entry,
        string target,
        DateTime clock,
        IncrementalHash hash,
        CancellationToken cancellation
    )
    {
        switch (entry.Kind)
        {
            case ContextEntryKind.Folder:
                Directory.CreateDirectory(target);
                SetMode(target, ContextTar.Executable, hash);
                break;
            case ContextEntryKind.Link:
                File.CreateSymbolicLink(target, entry.LinkTarget!);
                File.SetLastWriteTimeUtc(target, clock);
                break;
            default:
                await CopyFileAsync(entry.Path, target, hash, cancellation);
                SetMode(target, ContextTar.ModeOf(entry.Path), hash);
                File.SetLastWriteTimeUtc(target, clock);
                break;
        }
    }

    private static async Task CopyFileAsync(
        string from,
        string to,
        IncrementalHash hash,
        CancellationToken cancellation
    )
    {
        await using var source = ContextTar.Open(from);
        await using var target = new FileStream(to, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1);
        hash.AppendData(BitConverter.GetBytes(source.Length));
        var buffer = new byte[256 * 1024];
        int read;
        while ((read = await source.ReadAsync(buffer, cancellation)) > 0)
        {
            hash.AppendData(buffer, 0, read);
            await target.WriteAsync(buffer.AsMemory(0, read), cancellation);
        }
    }

    private static void SetMode(string path, UnixFileMode mode, IncrementalHash hash)
    {
        hash.AppendData(BitConverter.GetBytes((int)mode));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }
}

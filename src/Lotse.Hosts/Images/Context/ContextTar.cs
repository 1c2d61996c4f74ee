using System.Formats.Tar;
using System.Text;
using Lotse.Execution.Ports;

namespace Lotse.Hosts.Images.Context;

/// <summary>
/// Writes a context as a tar archive that depends on names, content, links and executable bits alone: owner root, mode 755 or 644,
/// one modification time. Equal content so gives equal bytes, on whatever machine and whenever it was checked out.
/// </summary>
internal static class ContextTar
{
    private const UnixFileMode Plain =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    public const UnixFileMode Executable =
        Plain | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    public static async Task WriteAsync(
        BuildContext context,
        DateTimeOffset clock,
        Stream output,
        CancellationToken cancellation
    )
    {
        await using var writer = new TarWriter(output, TarEntryFormat.Gnu, leaveOpen: true);
        foreach (var entry in context.Entries)
        {
            await WriteAsync(writer, entry, clock, cancellation);
        }

        foreach (var (name, content) in context.Added)
        {
            using var bytes = new MemoryStream(Encoding.UTF8.GetBytes(content));
            await writer.WriteEntryAsync(Entry(TarEntryType.RegularFile, name, Plain, clock, bytes), cancellation);
        }
    }

    private static async Task WriteAsync(
        TarWriter writer,
        ContextEntry entry,
        DateTimeOffset clock,
        CancellationToken cancellation
    )
    {
        switch (entry.Kind)
        {
            case ContextEntryKind.Folder:
                await writer.WriteEntryAsync(
                    Entry(TarEntryType.Directory, entry.Name + "/", Executable, clock),
                    cancellation
                );
                break;
            case ContextEntryKind.Link:
                var link = Entry(TarEntryType.SymbolicLink, entry.Name, Executable, clock);
                link.LinkName = entry.LinkTarget!;
                await writer.WriteEntryAsync(link, cancellation);
                break;
            default:
                await using (var file = Open(entry.Path))
                {
                    var tarred = Entry(TarEntryType.RegularFile, entry.Name, ModeOf(entry.Path), clock, file);
                    await writer.WriteEntryAsync(tarred, cancellation);
                }

                break;
        }
    }

    private static GnuTarEntry Entry(
        TarEntryType type,
        string name,
        UnixFileMode mode,
        DateTimeOffset clock,
        Stream? data = null
    )
    {
        var entry = new GnuTarEntry(type, name)
        {
            Mode = mode,
            ModificationTime = clock,
            Uid = 0,
            Gid = 0,
        };
        // Entries that can hold no data refuse even to be told that there is none.
        if (data is not null)
        {
            entry.DataStream = data;
        }

        return entry;
    }

    /// <summary>Windows has no such bit; there, every file may be a program, as with docker's own command.</summary>
    public static UnixFileMode ModeOf(string path) =>
        OperatingSystem.IsWindows() || File.GetUnixFileMode(path).HasFlag(UnixFileMode.UserExecute)
            ? Executable
            : Plain;

    public static SnapshotStream Open(string path)
    {
        try
        {
            return new(new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1), path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BuildFailedException(
                BuildFailure.Context,
                $"The file {path} of the build context cannot be read: {error.Message}",
                "Give yourself the right to read it, or leave it out with .dockerignore.",
                error
            );
        }
    }
}

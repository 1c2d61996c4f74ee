using System.Collections.Immutable;
using System.Formats.Tar;
using Lotse.Execution.Ports;

namespace Lotse.Hosts.Images.Context;

/// <summary>Lists what of a folder is sent to the builder, in an order that depends on names alone.</summary>
internal static class ContextScan
{
    /// <param name="folder">The context's folder.</param>
    /// <param name="ignore">What is left out.</param>
    /// <param name="keep">Names that are sent in any case.</param>
    public static ImmutableArray<ContextEntry> Find(
        string folder,
        DockerIgnore ignore,
        IReadOnlyCollection<string> keep
    )
    {
        var found = ImmutableArray.CreateBuilder<ContextEntry>();
        Visit(new(folder), "", ignore, keep, found);
        return found.ToImmutable();
    }

    /// <summary>
    /// A folder that is itself left out is still sent, as a parent, when something below it is: unpacked without an entry of its
    /// own it would get the time of unpacking, and equal content would no longer give equal layers.
    /// </summary>
    private static void Visit(
        DirectoryInfo folder,
        string prefix,
        DockerIgnore ignore,
        IReadOnlyCollection<string> keep,
        ImmutableArray<ContextEntry>.Builder found
    )
    {
        foreach (var item in List(folder))
        {
            var name = prefix + item.Name;
            var excluded = ignore.Excludes(name);
            var kept = !excluded || keep.Contains(name);
            if (item.LinkTarget is { } target)
            {
                Add(kept, new(name, item.FullName, ContextEntryKind.Link, target.Replace('\\', '/'), excluded), found);
            }
            else if (item is DirectoryInfo child)
            {
                var before = found.Count;
                if (!ignore.ExcludesAllBelow(name) || keep.Any(k => k.StartsWith(name + "/", StringComparison.Ordinal)))
                {
                    Visit(child, name + "/", ignore, keep, found);
                }

                var parentOnly = excluded && found.Skip(before).All(below => below.BuilderOnly);
                var entry = new ContextEntry(name, item.FullName, ContextEntryKind.Folder, null, parentOnly);
                if (kept || found.Count > before)
                {
                    found.Insert(before, entry);
                }
            }
            else
            {
                var entry = new ContextEntry(name, item.FullName, ContextEntryKind.File, null, excluded);
                Add(kept && !IsSpecial((FileInfo)item), entry, found);
            }
        }
    }

    private static void Add(bool kept, ContextEntry entry, ImmutableArray<ContextEntry>.Builder found)
    {
        if (kept)
        {
            found.Add(entry);
        }
    }

    private static List<FileSystemInfo> List(DirectoryInfo folder)
    {
        try
        {
            return [.. folder.EnumerateFileSystemInfos().OrderBy(i => i.Name, StringComparer.Ordinal)];
        }
        catch (UnauthorizedAccessException error)
        {
            throw new BuildFailedException(
                BuildFailure.Context,
                $"The folder {folder.FullName} of the build context may not be read.",
                "Give yourself the right to read it, or leave it out with .dockerignore.",
                error
            );
        }
    }

    /// <summary>
    /// Sockets, pipes and devices make no sense in an image, and opening a pipe would wait for ever. .NET does not name a
    /// file's type, but its tar writer knows them; none of them has a length, so that ordinary files are not asked about.
    /// </summary>
    private static bool IsSpecial(FileInfo file)
    {
        if (file.Length > 0 || OperatingSystem.IsWindows())
        {
            return false;
        }

        using var archive = new MemoryStream();
        try
        {
            using (var writer = new TarWriter(archive, leaveOpen: true))
            {
                writer.WriteEntry(file.FullName, "file");
            }
        }
        catch (IOException)
        {
            return true;
        }

        archive.Position = 0;
        using var reader = new TarReader(archive);
        return reader.GetNextEntry()?.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile);
    }
}

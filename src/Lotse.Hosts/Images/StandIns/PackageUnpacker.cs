using System.Formats.Tar;
using Lotse.Hosts.Local;

namespace Lotse.Hosts.Images.StandIns;

/// <summary>
/// Copies a package's files into a layer, without unpacking them to the disk and so without the right to give files away.
/// Its scripts are not run: what they would do, the recipe does.
/// </summary>
internal static class PackageUnpacker
{
    /// <summary>Top-level folders that are links into <c>usr</c> on every current Debian; older packages still write to them.</summary>
    public static readonly string[] Merged = ["bin", "sbin", "lib", "lib64"];

    /// <param name="package">The package.</param>
    /// <param name="layer">Where its files go.</param>
    /// <param name="take">Whether a path is wanted.</param>
    /// <param name="observe">Sees each regular file that <paramref name="take"/> wants; returns its data, read or not.</param>
    /// <param name="cancellation">Ends the copy.</param>
    public static async Task CopyAsync(
        DebianPackage package,
        LayerFile layer,
        Func<string, bool> take,
        Func<string, Stream, Stream>? observe,
        CancellationToken cancellation
    )
    {
        var result = await LocalProcess.RunAsync(
            new()
            {
                Program = "dpkg-deb",
                Arguments = ["--fsys-tarfile", package.Path],
                ReadOutput = (stream, token) => CopyAsync(stream, layer, take, observe, token),
            },
            cancellation
        );
        if (result.ExitCode != 0)
        {
            throw new StandInException($"{Path.GetFileName(package.Path)} cannot be unpacked", result.Tail);
        }
    }

    private static async Task CopyAsync(
        Stream stream,
        LayerFile layer,
        Func<string, bool> take,
        Func<string, Stream, Stream>? observe,
        CancellationToken cancellation
    )
    {
        await using var reader = new TarReader(stream, leaveOpen: true);
        while (await reader.GetNextEntryAsync(copyData: false, cancellation) is { } entry)
        {
            var name = Place(entry.Name);
            if (name.Length > 0 && !IsNoise(name) && take(name))
            {
                Copy(entry, name, layer, observe);
            }
        }

        // dpkg-deb must see its output read to the end: past the archive's last entry there is padding.
        await stream.CopyToAsync(Stream.Null, cancellation);
    }

    private static void Copy(TarEntry entry, string name, LayerFile layer, Func<string, Stream, Stream>? observe)
    {
        switch (entry.EntryType)
        {
            case TarEntryType.Directory:
                layer.AddFolder(name, Convert.ToString((int)entry.Mode, 8));
                break;
            case TarEntryType.SymbolicLink:
                layer.AddLink(name, entry.LinkName);
                break;
            case TarEntryType.HardLink:
                layer.AddHardLink(name, Place(entry.LinkName));
                break;
            default:
                var data = entry.DataStream ?? Stream.Null;
                layer.AddFile(name, observe?.Invoke(name, data) ?? data, entry.Mode, entry.Uid, entry.Gid);
                break;
        }
    }

    /// <summary>The path below the root, in the merged layout; empty for the root and for the links of that layout itself.</summary>
    internal static string Place(string name)
    {
        var path = name.StartsWith("./", StringComparison.Ordinal) ? name[2..] : name;
        path = path.Trim('/');
        var top = path.Split('/')[0];
        return path == "." || (path == top && Merged.Contains(top)) ? ""
            : Merged.Contains(top) ? $"usr/{path}"
            : path;
    }

    /// <summary>What no program in a container needs; licences stay.</summary>
    private static bool IsNoise(string name) =>
        (name.StartsWith("usr/share/doc/", StringComparison.Ordinal) && Path.GetFileName(name) != "copyright")
        || name.StartsWith("usr/share/man/", StringComparison.Ordinal)
        || name.StartsWith("usr/share/info/", StringComparison.Ordinal)
        || name.StartsWith("usr/share/lintian", StringComparison.Ordinal)
        || name.StartsWith("usr/share/bug", StringComparison.Ordinal)
        || name.StartsWith("usr/share/locale", StringComparison.Ordinal)
        || name.StartsWith("usr/share/zoneinfo/right", StringComparison.Ordinal)
        || name.StartsWith("usr/share/zoneinfo/posix", StringComparison.Ordinal)
        || name.Contains("/gconv/", StringComparison.Ordinal);
}

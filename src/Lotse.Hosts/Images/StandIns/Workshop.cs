using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Lotse.Hosts.Images.StandIns;

/// <summary>What recipes work with: packages, and layers that are made once and kept. Its user holds the cache's lock.</summary>
/// <param name="cacheFolder">Where packages and layers are kept.</param>
/// <param name="machine">The distribution this machine runs.</param>
/// <param name="time">The clock that says how old package lists are.</param>
/// <param name="tell">Takes a sentence on what happens.</param>
internal sealed class Workshop(string cacheFolder, DebianMachine machine, TimeProvider time, Action<string> tell)
{
    /// <summary>Part of each layer's key: a change of how layers are written makes them anew.</summary>
    private const string Version = "1";

    public DebianMachine Machine { get; } = machine;

    /// <summary>The packages of a suite with all they depend on; null when the suite or the packages cannot be had.</summary>
    public async Task<ImmutableArray<DebianPackage>?> FindAsync(
        string suite,
        IReadOnlyCollection<string> packages,
        CancellationToken cancellation
    )
    {
        if (Machine.Source(suite) is not { } source)
        {
            return null;
        }

        tell($"Looking up Debian packages in {suite}");
        return await new AptArchive(source, cacheFolder, time).ResolveAsync(packages, cancellation);
    }

    public async Task DownloadAsync(
        string suite,
        ImmutableArray<DebianPackage> packages,
        CancellationToken cancellation
    )
    {
        tell($"Downloading {packages.Length} packages, {packages.Sum(p => p.Size) / 1e6:0} MB at most");
        await new AptArchive(Machine.Source(suite)!, cacheFolder, time).DownloadAsync(packages, cancellation);
    }

    /// <summary>A layer by what goes into it: made by <paramref name="write"/> when there is none from these inputs yet.</summary>
    public async Task<ImageLayer> LayerAsync(
        string name,
        string comment,
        IEnumerable<string> inputs,
        Func<LayerFile, Task> write,
        CancellationToken cancellation
    )
    {
        var text = string.Join('\n', inputs.Prepend(Version));
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
        var path = Path.Combine(cacheFolder, "layers", $"{name}-{key}.tar");
        if (!File.Exists(path))
        {
            tell($"Making the layer {name}");
            await WriteAsync(path, write);
        }

        return new(path, await LayerFile.DigestAsync(path, cancellation), comment);
    }

    /// <summary>A half-written layer never has the name of a whole one.</summary>
    private static async Task WriteAsync(string path, Func<LayerFile, Task> write)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var partial = path + ".partial";
        await using (var file = new FileStream(partial, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16))
        await using (var layer = new LayerFile(file))
        {
            await write(layer);
        }

        File.Move(partial, path, overwrite: true);
    }
}

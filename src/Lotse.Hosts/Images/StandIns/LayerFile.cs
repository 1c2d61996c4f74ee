using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;

namespace Lotse.Hosts.Images.StandIns;

/// <summary>Writes one layer of an image: a tar archive in which each path stands once, all of it of one time.</summary>
internal sealed class LayerFile : IAsyncDisposable
{
    /// <summary>The time of everything in a stand-in: 2000-01-01 UTC.</summary>
    public static readonly DateTimeOffset Clock = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TarWriter _writer;
    private readonly HashSet<string> _written = [];

    public LayerFile(Stream output) => _writer = new(output, TarEntryFormat.Gnu);

    /// <summary>An octal mode as an int literal cannot be: <c>Mode("0755")</c>.</summary>
    public static UnixFileMode Mode(string octal) => (UnixFileMode)Convert.ToInt32(octal, 8);

    public void AddFolder(string name, string mode = "0755", int owner = 0)
    {
        AddParents(name);
        if (_written.Add(name))
        {
            Write(
                new(TarEntryType.Directory, name + "/")
                {
                    Mode = Mode(mode),
                    Uid = owner,
                    Gid = owner,
                }
            );
        }
    }

    public void AddText(string name, string text, string mode = "0644")
    {
        using var data = new MemoryStream(Encoding.UTF8.GetBytes(text));
        AddFile(name, data, Mode(mode));
    }

    public void AddFile(string name, Stream data, UnixFileMode mode, int owner = 0, int group = 0)
    {
        AddParents(name);
        if (_written.Add(name))
        {
            Write(
                new(TarEntryType.RegularFile, name)
                {
                    Mode = mode,
                    Uid = owner,
                    Gid = group,
                    DataStream = data,
                }
            );
        }
    }

    public void AddLink(string name, string target)
    {
        AddParents(name);
        if (_written.Add(name))
        {
            Write(new(TarEntryType.SymbolicLink, name) { Mode = Mode("0777"), LinkName = target });
        }
    }

    public void AddHardLink(string name, string target)
    {
        AddParents(name);
        if (_written.Add(name))
        {
            Write(new(TarEntryType.HardLink, name) { Mode = Mode("0755"), LinkName = target });
        }
    }

    public ValueTask DisposeAsync() => _writer.DisposeAsync();

    /// <summary>The digest of a finished layer, <c>sha256:…</c>.</summary>
    public static async Task<string> DigestAsync(string path, CancellationToken cancellation)
    {
        await using var file = File.OpenRead(path);
        return "sha256:" + Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellation));
    }

    private void AddParents(string name)
    {
        var slash = name.LastIndexOf('/');
        if (slash > 0 && !_written.Contains(name[..slash]))
        {
            AddFolder(name[..slash]);
        }
    }

    private void Write(GnuTarEntry entry)
    {
        entry.ModificationTime = Clock;
        _writer.WriteEntry(entry);
    }
}

using System.Formats.Tar;
using System.Text;

namespace Lotse.Testing.Engine;

/// <summary>Files for the builder: a tar archive in the making.</summary>
public sealed class ImageContext : IAsyncDisposable
{
    private const UnixFileMode Executable =
        UnixFileMode.UserRead
        | UnixFileMode.UserWrite
        | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherExecute;

    private readonly FileStream _file;
    private readonly TarWriter _tar;
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>A context that holds nothing but a Dockerfile.</summary>
    public ImageContext(string dockerfile)
    {
        _file = new FileStream(
            Path.GetTempFileName(),
            new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.ReadWrite,
                Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
            }
        );
        _tar = new TarWriter(_file, TarEntryFormat.Pax, leaveOpen: true);
        AddText("Dockerfile", dockerfile);
    }

    /// <summary>Adds a file with a text.</summary>
    public ImageContext AddText(string name, string text)
    {
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(text));
        return Add(name, content);
    }

    /// <summary>Adds a file of this machine, followed through links; a name that is there already stays as it is.</summary>
    public ImageContext AddFile(string name, string path)
    {
        using var content = File.OpenRead(path);
        return Add(name, content);
    }

    /// <summary>Adds a folder with all that is in it.</summary>
    public ImageContext AddFolder(string name, string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            AddFile($"{name}/{Path.GetRelativePath(folder, file).Replace('\\', '/')}", file);
        }

        return this;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _tar.DisposeAsync();
        await _file.DisposeAsync();
    }

    /// <summary>The archive. After that nothing can be added.</summary>
    internal Stream Finish()
    {
        _tar.Dispose();
        _file.Position = 0;
        return _file;
    }

    private ImageContext Add(string name, Stream content)
    {
        if (_names.Add(name))
        {
            // One time for all files: what is the same in two runs is the same layer.
            var entry = new PaxTarEntry(TarEntryType.RegularFile, name)
            {
                DataStream = content,
                Mode = Executable,
                ModificationTime = DateTimeOffset.UnixEpoch,
            };
            _tar.WriteEntry(entry);
        }

        return this;
    }
}

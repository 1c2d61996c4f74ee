using Lotse.Execution.Ports;

namespace Lotse.Hosts.Local;

/// <summary>A host's small files, in a folder of this machine that only its owner may read.</summary>
public sealed class LocalStore(string folder) : IHostStore
{
    /// <inheritdoc/>
    public string Location => folder;

    /// <summary>
    /// The folder for a service: <c>$LOTSE_STATE</c>, else <c>$XDG_STATE_HOME/lotse</c>, else <c>~/.local/state/lotse</c>
    /// (XDG Base Directory Specification), else the local application data on Windows.
    /// </summary>
    /// <param name="service">The service's name.</param>
    /// <param name="destination">The destination; null when there is none.</param>
    /// <param name="environment">Reads an environment variable.</param>
    public static LocalStore For(string service, string? destination, Func<string, string?> environment)
    {
        return new LocalStore(Path.Combine(BaseFolder(environment), NameOf(service, destination)));
    }

    /// <summary>The folder's own name for a service and destination, the same on every kind of host.</summary>
    public static string NameOf(string service, string? destination) =>
        destination is null ? service : $"{service}-{destination}";

    /// <summary>The folder that holds all services' folders.</summary>
    public static string BaseFolder(Func<string, string?> environment)
    {
        if (environment("LOTSE_STATE") is { Length: > 0 } given)
        {
            return Path.GetFullPath(given);
        }

        if (OperatingSystem.IsWindows())
        {
            return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "lotse");
        }

        var state = environment("XDG_STATE_HOME") is { Length: > 0 } xdg
            ? xdg
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state");
        return Path.Combine(state, "lotse");
    }

    /// <inheritdoc/>
    public async Task<string?> ReadAsync(string name, CancellationToken cancellation)
    {
        try
        {
            return await File.ReadAllTextAsync(PathOf(name), cancellation);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string?>> ReadAsync(IReadOnlyList<string> names, CancellationToken cancellation) =>
        await Task.WhenAll(names.Select(name => ReadAsync(name, cancellation)));

    /// <inheritdoc/>
    public async Task<bool> CompareAndSwapAsync(
        string name,
        string? expected,
        string? replacement,
        CancellationToken cancellation
    )
    {
        MakeFolder();
        await using var turn = await EnterAsync(cancellation);
        if (await ReadAsync(name, cancellation) != expected)
        {
            return false;
        }

        if (replacement is null)
        {
            File.Delete(PathOf(name));
            return true;
        }

        await PutAsync(name, replacement, cancellation);
        return true;
    }

    /// <inheritdoc/>
    public async Task ReplaceAsync(string name, string text, CancellationToken cancellation)
    {
        MakeFolder();
        await using var turn = await EnterAsync(cancellation);
        await PutAsync(name, text, cancellation);
    }

    /// <inheritdoc/>
    public async Task AppendAsync(string name, IReadOnlyCollection<string> lines, CancellationToken cancellation)
    {
        MakeFolder();
        var text = string.Concat(lines.Select(l => l + "\n"));
        await using var turn = await EnterAsync(cancellation);
        await using var file = Open(PathOf(name), FileMode.OpenOrCreate);
        file.Seek(0, SeekOrigin.End);
        if (file.Length > 0 && !await EndsWithNewlineAsync(file, cancellation))
        {
            // A writer that was killed left half a line: what follows must not be glued to it.
            text = "\n" + text;
        }

        await file.WriteAsync(System.Text.Encoding.UTF8.GetBytes(text), cancellation);
        file.Flush(flushToDisk: true);
    }

    /// <inheritdoc/>
    public Task ClearAsync(CancellationToken cancellation)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        return Task.CompletedTask;
    }

    private async Task PutAsync(string name, string text, CancellationToken cancellation)
    {
        var fresh = PathOf(name + ".new");
        await using (var file = Open(fresh, FileMode.Create))
        {
            await file.WriteAsync(System.Text.Encoding.UTF8.GetBytes(text), cancellation);
            file.Flush(flushToDisk: true);
        }

        File.Move(fresh, PathOf(name), overwrite: true);
    }

    private static async Task<bool> EndsWithNewlineAsync(FileStream file, CancellationToken cancellation)
    {
        var last = new byte[1];
        file.Seek(-1, SeekOrigin.End);
        await file.ReadExactlyAsync(last, cancellation);
        return last[0] == '\n';
    }

    private static FileStream Open(string path, FileMode mode)
    {
        var options = new FileStreamOptions
        {
            Mode = mode,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Read,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }

    private string PathOf(string name) => Path.Combine(folder, name);

    private void MakeFolder()
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(
                folder,
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            );
        }
    }

    /// <summary>One writer at a time, over processes: the operating system frees the lock of one that dies.</summary>
    private async Task<FileStream> EnterAsync(CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return new FileStream(PathOf(".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (Directory.Exists(folder))
            {
                // Held for the length of one small write.
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, cancellation);
            }
        }
    }
}

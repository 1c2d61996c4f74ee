using System.Text;

namespace Lotse.Registry.Storage;

/// <summary>Reads and writes the store's small files: tags, manifests, their media types.</summary>
internal sealed class SmallFiles(TemporaryFiles temporary, TimeProvider time)
{
    public static byte[]? TryRead(string path)
    {
        using var file = TryOpen(path);
        if (file is null)
        {
            return null;
        }

        var content = new byte[file.Length];
        file.ReadExactly(content);
        return content;
    }

    public static string? TryReadText(string path) =>
        TryRead(path) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    /// <summary>
    /// Opens for reading, without hindering who renames or deletes the file. Null when there is none.
    /// </summary>
    public static FileStream? TryOpen(string path)
    {
        try
        {
            return new FileStream(
                path,
                FileMode.Open,
                FileAccess.Read,
                FileShare.Read | FileShare.Delete,
                bufferSize: 0,
                FileOptions.Asynchronous
            );
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception error) when (StorageFaults.IsStorageError(error))
        {
            throw StorageFaults.From(error, path);
        }
    }

    public Task WriteTextAsync(string path, string text) => WriteAsync(path, Encoding.UTF8.GetBytes(text));

    public async Task WriteAsync(string path, ReadOnlyMemory<byte> content)
    {
        var file = temporary.Create();
        try
        {
            await using (file)
            {
                file.Write(content.Span);
                await DurableWrite.FlushAsync(file);
            }

            DurableWrite.Publish(file.Name, path, time.GetUtcNow());
        }
        catch (Exception error) when (StorageFaults.IsStorageError(error))
        {
            File.Delete(file.Name);
            throw StorageFaults.From(error, path);
        }
    }

    /// <summary>Marks a file as used now. False when there is none.</summary>
    public bool Touch(string path)
    {
        try
        {
            File.SetLastWriteTimeUtc(path, time.GetUtcNow().UtcDateTime);
            return true;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (Exception error) when (StorageFaults.IsStorageError(error))
        {
            throw StorageFaults.From(error, path);
        }
    }
}

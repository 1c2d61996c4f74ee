namespace Lotse.Registry.Storage;

/// <summary>Content by digest. What is here is complete and was checked against its name.</summary>
internal sealed class ContentStore(StoreLayout layout, StoreLock storeLock, SmallFiles files, TimeProvider time)
{
    public static RegistryException Unknown(Digest digest) =>
        new(RegistryFault.BlobUnknown, $"No content {digest} is stored.") { Digests = [digest] };

    public FileStream? TryOpen(Digest digest) => SmallFiles.TryOpen(layout.Blob(digest));

    public byte[]? TryRead(Digest digest) => SmallFiles.TryRead(layout.Blob(digest));

    /// <summary>Size in bytes, or null when the content is not stored. Promises nothing for later.</summary>
    public long? Size(Digest digest)
    {
        var file = new FileInfo(layout.Blob(digest));
        return file.Exists ? file.Length : null;
    }

    /// <summary>
    /// The size of content that from now on survives pruning for the grace time, or null when it is not stored.
    /// </summary>
    public async Task<long?> UseAsync(Digest digest, CancellationToken cancellation)
    {
        using var held = await storeLock.SharedAsync(cancellation);
        return Use(digest);
    }

    /// <summary>As <see cref="UseAsync"/>, for a caller that holds the store's lock.</summary>
    public long? Use(Digest digest) => files.Touch(layout.Blob(digest)) ? Size(digest) : null;

    /// <summary>Takes over a complete, closed and verified temporary file; the caller holds no lock.</summary>
    public async Task AdoptAsync(string temporary, Digest digest, CancellationToken cancellation)
    {
        using var held = await storeLock.SharedAsync(cancellation);
        var path = layout.Blob(digest);
        try
        {
            if (Use(digest) == new FileInfo(temporary).Length)
            {
                File.Delete(temporary);
            }
            else
            {
                DurableWrite.Publish(temporary, path, time.GetUtcNow());
            }
        }
        catch (Exception error) when (StorageFaults.IsStorageError(error))
        {
            throw StorageFaults.From(error, path);
        }
    }

    /// <summary>Stores small content, for a caller that holds the store's lock.</summary>
    public async Task PutAsync(Digest digest, ReadOnlyMemory<byte> content)
    {
        if (Use(digest) != content.Length)
        {
            await files.WriteAsync(layout.Blob(digest), content);
        }
    }
}

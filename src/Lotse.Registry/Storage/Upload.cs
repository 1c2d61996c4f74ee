using System.Security.Cryptography;
using Lotse.Registry.Transfers;

namespace Lotse.Registry.Storage;

/// <summary>
/// Content on its way in. Used by one request at a time, see <see cref="UploadSessions"/>. Its file is unknown to
/// readers until the whole content has arrived, has its promised digest and is on the disk.
/// </summary>
internal sealed class Upload(string id, string repository, FileStream file, Transfer transfer)
{
    // Large enough that hashing and writing, not calls, take the time.
    private const int BufferSize = 256 * 1024;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public string Id { get; } = id;

    public string Repository { get; } = repository;

    public SemaphoreSlim Gate { get; } = new(1, 1);

    public DateTimeOffset LastUsed { get; set; }

    public bool IsClosed { get; private set; }

    /// <summary>Bytes that have arrived.</summary>
    public long Length { get; private set; }

    /// <summary>
    /// Adds what the client sends until it ends. What arrived before a break counts: it can be resumed.
    /// </summary>
    /// <exception cref="RegistryException">The disk refused; the upload is gone.</exception>
    public async Task AppendAsync(Stream body, CancellationToken cancellation)
    {
        var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            int count;
            while (
                (count = await body.ReadAtLeastAsync(buffer, BufferSize, throwOnEndOfStream: false, cancellation)) > 0
            )
            {
                Write(buffer.AsSpan(0, count));
            }
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Ends the upload. Whatever the outcome, it cannot be used any more.</summary>
    /// <param name="promised">What the client says it sent.</param>
    /// <param name="content">Where the content goes.</param>
    /// <param name="cancellation">Gives up waiting for the store's lock.</param>
    public async Task FinishAsync(Digest promised, ContentStore content, CancellationToken cancellation)
    {
        try
        {
            Verify(promised);
            await DurableWrite.FlushAsync(file);
            file.Dispose();
            await content.AdoptAsync(file.Name, promised, cancellation);
        }
        catch (Exception error) when (StorageFaults.IsStorageError(error))
        {
            var fault = StorageFaults.From(error, file.Name);
            Discard(fault.Message);
            throw fault;
        }
        catch (Exception error)
        {
            Discard(error.Message);
            throw;
        }

        Close();
        transfer.Digest = promised;
        transfer.Completed();
    }

    /// <summary>Drops the upload and what arrived of it. Does nothing to one that has ended.</summary>
    public void Discard(string reason)
    {
        if (!IsClosed)
        {
            Close();
            File.Delete(file.Name);
            transfer.Failed(reason);
        }
    }

    private void Close()
    {
        IsClosed = true;
        file.Dispose();
        _hash.Dispose();
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        try
        {
            file.Write(bytes);
        }
        catch (Exception error) when (StorageFaults.IsStorageError(error))
        {
            var fault = StorageFaults.From(error, file.Name);
            Discard(fault.Message);
            throw fault;
        }

        _hash.AppendData(bytes);
        Length += bytes.Length;
        transfer.Moved(bytes.Length);
    }

    private void Verify(Digest promised)
    {
        var actual = Digest.FromHash(_hash.GetHashAndReset());
        if (actual != promised)
        {
            throw new RegistryException(
                RegistryFault.DigestMismatch,
                $"The {Length} bytes received have digest {actual}, but were sent as {promised}. Send them again."
            );
        }
    }
}

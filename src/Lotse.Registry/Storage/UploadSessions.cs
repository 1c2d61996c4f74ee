using System.Collections.Concurrent;
using System.Security.Cryptography;
using Lotse.Registry.Transfers;

namespace Lotse.Registry.Storage;

/// <summary>The uploads that this process's clients have begun and not finished.</summary>
internal sealed class UploadSessions(
    TemporaryFiles temporary,
    TransferMeter meter,
    TimeProvider time,
    TimeSpan idleTimeout
) : IDisposable
{
    private readonly ConcurrentDictionary<string, Upload> _uploads = new();

    /// <summary>Begins an upload, held for the caller.</summary>
    public UploadLease Begin(string repository)
    {
        DropIdle();
        var id = new Guid(RandomNumberGenerator.GetBytes(16)).ToString("D");
        var transfer = meter.Begin(TransferDirection.Received, repository);
        var upload = new Upload(id, repository, temporary.Create(), transfer);
        upload.Gate.Wait();
        _uploads[id] = upload;
        return new UploadLease(this, upload);
    }

    /// <summary>Waits until no other request uses the upload and holds it.</summary>
    /// <exception cref="RegistryException"><see cref="RegistryFault.UploadUnknown"/>.</exception>
    public async Task<UploadLease> EnterAsync(string repository, string id, CancellationToken cancellation)
    {
        if (_uploads.TryGetValue(id, out var upload))
        {
            await upload.Gate.WaitAsync(cancellation);
            var lease = new UploadLease(this, upload);
            if (upload.Repository == repository && !upload.IsClosed)
            {
                return lease;
            }

            lease.Dispose();
        }

        throw new RegistryException(
            RegistryFault.UploadUnknown,
            $"There is no upload {id} to {repository}: it was finished, cancelled or dropped. Begin a new one."
        );
    }

    /// <summary>Drops all uploads, also those a cut-off request may still hold.</summary>
    public void Dispose()
    {
        foreach (var upload in _uploads.Values)
        {
            upload.Discard("The registry stopped before the upload was finished.");
        }
    }

    internal void Leave(Upload upload)
    {
        upload.LastUsed = time.GetUtcNow();
        if (upload.IsClosed)
        {
            _uploads.TryRemove(upload.Id, out _);
        }

        upload.Gate.Release();
    }

    private void DropIdle()
    {
        var limit = time.GetUtcNow() - idleTimeout;
        foreach (var upload in _uploads.Values.Where(upload => upload.LastUsed < limit && upload.Gate.Wait(0)))
        {
            using var lease = new UploadLease(this, upload);
            if (upload.LastUsed < limit)
            {
                upload.Discard("The client sent nothing for too long.");
            }
        }
    }
}

/// <summary>The right of one request to use an upload.</summary>
internal sealed class UploadLease(UploadSessions sessions, Upload upload) : IDisposable
{
    public Upload Upload { get; } = upload;

    public void Dispose() => sessions.Leave(Upload);
}

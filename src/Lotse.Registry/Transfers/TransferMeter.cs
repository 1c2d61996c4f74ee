using System.Collections.Concurrent;

namespace Lotse.Registry.Transfers;

/// <summary>Adds up the transfers of one server and passes them on.</summary>
internal sealed class TransferMeter(IProgress<RegistryTransfer>? progress)
{
    private readonly ConcurrentDictionary<string, Reuse> _reused = new();
    private long _lastId;
    private long _received;
    private long _sent;

    public TransferTotals Totals =>
        new()
        {
            ReceivedBytes = Interlocked.Read(ref _received),
            SentBytes = Interlocked.Read(ref _sent),
            ReusedBlobs = _reused.Count,
            ReusedBytes = _reused.Values.Sum(item => item.Size),
        };

    public Transfer Begin(TransferDirection direction, string repository, bool isManifest = false) =>
        new(this, Interlocked.Increment(ref _lastId), direction, repository, isManifest);

    public void Reused(string repository, Digest digest, long size)
    {
        _reused[digest.Hex] = new Reuse(size);
        progress?.Report(
            new RegistryTransfer
            {
                Id = Interlocked.Increment(ref _lastId),
                Direction = TransferDirection.Reused,
                State = TransferState.Completed,
                Repository = repository,
                Digest = digest,
                Bytes = size,
                TotalBytes = size,
            }
        );
    }

    internal void Count(TransferDirection direction, long bytes) =>
        Interlocked.Add(ref direction == TransferDirection.Sent ? ref _sent : ref _received, bytes);

    internal void Report(RegistryTransfer transfer) => progress?.Report(transfer);

    private sealed record Reuse(long Size);
}

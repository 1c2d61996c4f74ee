namespace Lotse.Registry.Transfers;

/// <summary>One transfer under way. Used by one request at a time.</summary>
internal sealed class Transfer(
    TransferMeter meter,
    long id,
    TransferDirection direction,
    string repository,
    bool isManifest
)
{
    private const long ReportEvery = 1024 * 1024;

    private long bytes;
    private long reported;

    public Digest? Digest { get; set; }

    public long? TotalBytes { get; set; }

    public void Moved(long count)
    {
        bytes += count;
        meter.Count(direction, count);
        if (bytes - reported >= ReportEvery)
        {
            reported = bytes;
            Report(TransferState.Running, null);
        }
    }

    public void Completed() => Report(TransferState.Completed, null);

    public void Failed(string error) => Report(TransferState.Failed, error);

    private void Report(TransferState state, string? error) =>
        meter.Report(
            new RegistryTransfer
            {
                Id = id,
                Direction = direction,
                State = state,
                Repository = repository,
                Digest = Digest,
                IsManifest = isManifest,
                Bytes = bytes,
                TotalBytes = TotalBytes,
                Error = error,
            }
        );
}

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

    private long _bytes;
    private long _reported;

    public Digest? Digest { get; set; }

    public long? TotalBytes { get; set; }

    public void Moved(long count)
    {
        _bytes += count;
        meter.Count(direction, count);
        if (_bytes - _reported >= ReportEvery)
        {
            _reported = _bytes;
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
                Bytes = _bytes,
                TotalBytes = TotalBytes,
                Error = error,
            }
        );
}

namespace Lotse.Registry;

/// <summary>What moved through a server since it started. Bodies only, without HTTP headers.</summary>
public sealed record TransferTotals
{
    /// <summary>Bytes received in pushes, manifests and broken-off uploads included.</summary>
    public required long ReceivedBytes { get; init; }

    /// <summary>Bytes sent in pulls, manifests and broken-off downloads included.</summary>
    public required long SentBytes { get; init; }

    /// <summary>Different pieces of content that pushers did not have to send.</summary>
    public required int ReusedBlobs { get; init; }

    /// <summary>The size in bytes of those pieces.</summary>
    public required long ReusedBytes { get; init; }
}

namespace Lotse.Registry;

/// <summary>Something that happened to one piece of content on its way into or out of the registry.</summary>
public sealed record RegistryTransfer
{
    /// <summary>The same for all events of one transfer, unique within one server.</summary>
    public required long Id { get; init; }

    /// <summary>Whether content comes in, goes out, or need not move.</summary>
    public required TransferDirection Direction { get; init; }

    /// <summary>How far the transfer is.</summary>
    public required TransferState State { get; init; }

    /// <summary>The repository named in the request.</summary>
    public required string Repository { get; init; }

    /// <summary>Digest of the content. Null while an upload runs: the client names it only at the end.</summary>
    public Digest? Digest { get; init; }

    /// <summary>True for a manifest or index, false for a layer or configuration.</summary>
    public bool IsManifest { get; init; }

    /// <summary>Bytes moved so far in this transfer; for <see cref="TransferDirection.Reused"/> its size.</summary>
    public required long Bytes { get; init; }

    /// <summary>Bytes to move in all, where known in advance.</summary>
    public long? TotalBytes { get; init; }

    /// <summary>Why the transfer failed; only with <see cref="TransferState.Failed"/>.</summary>
    public string? Error { get; init; }
}

/// <summary>Which way content moves.</summary>
public enum TransferDirection
{
    /// <summary>Into the registry: a push.</summary>
    Received,

    /// <summary>Out of the registry: a pull.</summary>
    Sent,

    /// <summary>A pusher asked for content that is already stored, so that it need not be sent.</summary>
    Reused,
}

/// <summary>How far a transfer is.</summary>
public enum TransferState
{
    /// <summary>Under way; reported about once per mebibyte.</summary>
    Running,

    /// <summary>Done; the last event of its transfer.</summary>
    Completed,

    /// <summary>Broken off; the last event of its transfer.</summary>
    Failed,
}

namespace Lotse.Registry;

/// <summary>What kind of thing went wrong, so that callers need never read a message.</summary>
public enum RegistryFault
{
    /// <summary>The repository name breaks the rules of the distribution spec.</summary>
    NameInvalid,

    /// <summary>No image was ever pushed under this repository name.</summary>
    NameUnknown,

    /// <summary>A digest is malformed or of an algorithm other than SHA-256.</summary>
    DigestInvalid,

    /// <summary>The content received has another digest than was promised.</summary>
    DigestMismatch,

    /// <summary>The length of the content differs from what was announced.</summary>
    SizeInvalid,

    /// <summary>No content with this digest is stored.</summary>
    BlobUnknown,

    /// <summary>The upload session does not exist: finished, cancelled, timed out, or of another process.</summary>
    UploadUnknown,

    /// <summary>A chunk does not begin where the upload ends.</summary>
    UploadOutOfOrder,

    /// <summary>The manifest cannot be understood, or its media type is none this registry stores.</summary>
    ManifestInvalid,

    /// <summary>The manifest exceeds the largest size this registry accepts.</summary>
    ManifestTooLarge,

    /// <summary>The repository has no manifest of this tag or digest.</summary>
    ManifestUnknown,

    /// <summary>The manifest refers to content that is not stored.</summary>
    ManifestBlobUnknown,

    /// <summary>The request is not one this registry serves.</summary>
    Unsupported,

    /// <summary>The request came from somewhere that must not reach this registry.</summary>
    Denied,

    /// <summary>The disk or the quota is used up.</summary>
    StorageFull,

    /// <summary>The file system refused a read or a write.</summary>
    StorageFailed,

    /// <summary>Another process held the store's lock for too long.</summary>
    StoreBusy,

    /// <summary>The directory holds a store of a format that this version does not know.</summary>
    FormatUnknown,

    /// <summary>A defect of the registry itself.</summary>
    Unexpected,
}

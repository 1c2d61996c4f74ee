namespace Lotse.Registry;

/// <summary>What <see cref="RegistryStore.PruneAsync"/> removed.</summary>
public sealed record PruneResult
{
    /// <summary>Tags removed.</summary>
    public required int RemovedTags { get; init; }

    /// <summary>Manifests removed, counted once per repository.</summary>
    public required int RemovedManifests { get; init; }

    /// <summary>Pieces of content removed: layers, configurations and manifests.</summary>
    public required int RemovedBlobs { get; init; }

    /// <summary>Bytes given back to the file system, those of uploads that a dead process left included.</summary>
    public required long FreedBytes { get; init; }

    /// <summary>References that were to be kept but are not in the store; harmless, but perhaps a surprise.</summary>
    public required IReadOnlyList<ManifestReference> Missing { get; init; }
}

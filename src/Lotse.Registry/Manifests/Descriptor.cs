namespace Lotse.Registry.Manifests;

/// <summary>A manifest's pointer to content (OCI image spec, descriptor.md).</summary>
internal sealed record Descriptor(string MediaType, Digest Digest, long Size)
{
    /// <summary>True for a child of an index that is no image for a machine: builders mark attestations so.</summary>
    public bool IsForNoPlatform { get; init; }
}

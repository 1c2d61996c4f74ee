namespace Lotse.Registry;

/// <summary>What a tag or digest stands for at the moment of asking.</summary>
public sealed record ResolvedImage
{
    /// <summary>The repository that was asked.</summary>
    public required string Repository { get; init; }

    /// <summary>Digest of the manifest, or of the index where the tag names an index.</summary>
    public required Digest Digest { get; init; }

    /// <summary>Media type of that manifest, as it was pushed.</summary>
    public required string MediaType { get; init; }

    /// <summary>Size of that manifest in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>
    /// Digest of the image's configuration. Null for an index with several images: there is no single one.
    /// Attestations that builders put beside an image in an index do not count as images.
    /// </summary>
    public Digest? ConfigDigest { get; init; }

    /// <summary>
    /// The layers as stored (compressed), base first, each once; for an index those of all its images.
    /// </summary>
    public required IReadOnlyList<ImageLayer> Layers { get; init; }

    /// <summary>Sum of the layers' stored sizes in bytes.</summary>
    public long LayerBytes => Layers.Sum(layer => layer.Size);
}

/// <summary>One layer of an image.</summary>
/// <param name="Digest">Digest of the layer as stored (compressed).</param>
/// <param name="Size">Size as stored in bytes.</param>
public sealed record ImageLayer(Digest Digest, long Size);

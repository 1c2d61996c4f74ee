namespace Lotse.Registry;

/// <summary>How much of a layer has been written into an archive.</summary>
/// <param name="Layer">Digest of the layer as stored (compressed).</param>
/// <param name="Bytes">Bytes so far.</param>
/// <param name="Total">Bytes in all.</param>
public sealed record LayerSent(Digest Layer, long Bytes, long Total);

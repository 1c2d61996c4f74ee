namespace Lotse.Registry.Manifests;

/// <summary>
/// The manifests this registry stores (OCI image spec, media-types.md; Docker image manifest v2, schema 2).
/// </summary>
internal static class MediaTypes
{
    public const string OciIndex = "application/vnd.oci.image.index.v1+json";

    private const string OciManifest = "application/vnd.oci.image.manifest.v1+json";
    private const string DockerManifest = "application/vnd.docker.distribution.manifest.v2+json";
    private const string DockerList = "application/vnd.docker.distribution.manifest.list.v2+json";

    public static bool IsImage(string mediaType) => mediaType is OciManifest or DockerManifest;

    public static bool IsIndex(string mediaType) => mediaType is OciIndex or DockerList;

    public static bool IsManifest(string mediaType) => IsImage(mediaType) || IsIndex(mediaType);

    /// <summary>Layers that by definition come from elsewhere and need not be in the registry.</summary>
    public static bool IsForeignLayer(string mediaType) =>
        mediaType.StartsWith("application/vnd.docker.image.rootfs.foreign", StringComparison.Ordinal)
        || mediaType.StartsWith("application/vnd.oci.image.layer.nondistributable", StringComparison.Ordinal);
}

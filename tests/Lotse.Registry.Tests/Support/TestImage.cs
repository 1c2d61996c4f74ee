using System.Text;

namespace Lotse.Registry.Tests.Support;

/// <summary>An image made of given bytes; a registry does not look into layers.</summary>
internal sealed record TestImage
{
    public const string OciManifest = "application/vnd.oci.image.manifest.v1+json";
    public const string OciIndex = "application/vnd.oci.image.index.v1+json";
    public const string DockerManifest = "application/vnd.docker.distribution.manifest.v2+json";
    public const string DockerList = "application/vnd.docker.distribution.manifest.list.v2+json";
    public const string Layer = "application/vnd.oci.image.layer.v1.tar+gzip";
    public const string Config = "application/vnd.oci.image.config.v1+json";

    public required byte[] Manifest { get; init; }

    public required string MediaType { get; init; }

    /// <summary>Configuration first, then the layers.</summary>
    public required IReadOnlyList<byte[]> Blobs { get; init; }

    public Digest Digest => Digest.Of(Manifest);

    public static TestImage Of(string config, params byte[][] layers) => Of(OciManifest, config, layers);

    public static TestImage Of(string mediaType, string config, byte[][] layers, string extra = "")
    {
        var configBytes = Encoding.UTF8.GetBytes(config);
        var manifest = $$"""
            {
              "schemaVersion": 2,
              "mediaType": "{{mediaType}}",{{extra}}
              "config": {{Descriptor(configBytes, Config)}},
              "layers": [{{string.Join(",", layers.Select(layer => Descriptor(layer, Layer)))}}]
            }
            """;
        return new TestImage
        {
            Manifest = Encoding.UTF8.GetBytes(manifest),
            MediaType = mediaType,
            Blobs = [configBytes, .. layers],
        };
    }

    public static byte[] Index(string mediaType, params string[] children) =>
        Encoding.UTF8.GetBytes(
            $$"""{"schemaVersion": 2, "mediaType": "{{mediaType}}", "manifests": [{{string.Join(",", children)}}]}"""
        );

    public static string Descriptor(byte[] content, string mediaType, string extra = "") =>
        $$"""{"mediaType": "{{mediaType}}", "digest": "{{Digest.Of(content)}}", "size": {{content.Length}}{{extra}}}""";

    /// <summary>Bytes that are the same for the same seed.</summary>
    public static byte[] Bytes(int seed, int count)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}

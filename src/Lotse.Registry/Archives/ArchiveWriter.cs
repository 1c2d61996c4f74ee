using System.Formats.Tar;
using Lotse.Registry.Manifests;
using Lotse.Registry.Storage;

namespace Lotse.Registry.Archives;

/// <summary>
/// Writes one image as an archive: content under <c>blobs/sha256</c>, an OCI layout's <c>oci-layout</c> and
/// <c>index.json</c>, and the <c>manifest.json</c> that engines with the classic image store read.
/// The same image gives the same bytes.
/// </summary>
internal sealed class ArchiveWriter(
    ContentStore content,
    (StoredManifest Manifest, ManifestDocument Document) image,
    IReadOnlyList<string> names,
    int presentLayers,
    IProgress<LayerSent>? progress
)
{
    private const string NameAnnotation = "io.containerd.image.name";

    public async Task WriteAsync(Stream target, CancellationToken cancellation)
    {
        await using var tar = new TarWriter(target, TarEntryFormat.Pax, leaveOpen: true);
        await AddAsync(tar, "oci-layout", """{"imageLayoutVersion":"1.0.0"}"""u8.ToArray(), cancellation);
        await AddAsync(tar, "index.json", Index(), cancellation);
        await AddAsync(tar, "manifest.json", DockerManifest(), cancellation);
        await AddStoredAsync(tar, image.Manifest.Digest, cancellation);
        await AddStoredAsync(tar, image.Document.Config!.Digest, cancellation);
        foreach (var digest in image.Document.Layers.Skip(presentLayers).Select(l => l.Digest).Distinct())
        {
            await AddStoredAsync(tar, digest, cancellation, progress);
        }
    }

    private async Task AddStoredAsync(
        TarWriter tar,
        Digest digest,
        CancellationToken cancellation,
        IProgress<LayerSent>? watching = null
    )
    {
        await using var blob = content.TryOpen(digest) ?? throw ContentStore.Unknown(digest);
        var total = blob.Length;
        await using var counted = new CountingStream(blob, sent => watching?.Report(new(digest, sent, total)));
        await AddAsync(tar, PathOf(digest), counted, cancellation);
    }

    /// <summary>With its host: <c>docker.io/library/web:1</c> for <c>web:1</c>. The containerd store takes the annotation as it is.</summary>
    private static string FullNameOf(string name)
    {
        var slash = name.IndexOf('/');
        var first = slash < 0 ? "" : name[..slash];
        var hasHost = first.Contains('.') || first.Contains(':') || first == "localhost";
        return (hasHost, slash) switch
        {
            (true, _) => name,
            (false, < 0) => $"docker.io/library/{name}",
            _ => $"docker.io/{name}",
        };
    }

    private static string PathOf(Digest digest) => $"blobs/sha256/{digest.Hex}";

    private static async Task AddAsync(
        TarWriter tar,
        string path,
        ReadOnlyMemory<byte> bytes,
        CancellationToken cancellation
    )
    {
        using var stream = new MemoryStream(bytes.ToArray());
        await AddAsync(tar, path, stream, cancellation);
    }

    private static Task AddAsync(TarWriter tar, string path, Stream data, CancellationToken cancellation)
    {
        var entry = new PaxTarEntry(TarEntryType.RegularFile, path)
        {
            DataStream = data,
            ModificationTime = DateTimeOffset.UnixEpoch,
            Mode = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
        };
        return tar.WriteEntryAsync(entry, cancellation);
    }

    /// <summary>
    /// What <c>docker load</c> of the classic store reads: paths of the configuration and of each layer.
    /// </summary>
    private ReadOnlyMemory<byte> DockerManifest() =>
        JsonText.Write(json =>
        {
            json.WriteStartArray();
            json.WriteStartObject();
            json.WriteString("Config", PathOf(image.Document.Config!.Digest));
            json.WriteStartArray("RepoTags");
            foreach (var name in names)
            {
                json.WriteStringValue(name);
            }

            json.WriteEndArray();
            json.WriteStartArray("Layers");
            foreach (var layer in image.Document.Layers)
            {
                json.WriteStringValue(PathOf(layer.Digest));
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
        });

    private ReadOnlyMemory<byte> Index() =>
        JsonText.Write(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("schemaVersion", 2);
            json.WriteString("mediaType", MediaTypes.OciIndex);
            json.WriteStartArray("manifests");
            foreach (var name in names)
            {
                json.WriteStartObject();
                json.WriteString("mediaType", image.Manifest.MediaType);
                json.WriteString("digest", image.Manifest.Digest.ToString());
                json.WriteNumber("size", image.Manifest.Size);
                json.WriteStartObject("annotations");
                json.WriteString(NameAnnotation, FullNameOf(name));
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
}

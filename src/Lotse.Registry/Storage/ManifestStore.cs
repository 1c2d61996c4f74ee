using Lotse.Registry.Manifests;

namespace Lotse.Registry.Storage;

/// <summary>Which manifests and tags each repository has. Their bytes are in the <see cref="ContentStore"/>.</summary>
internal sealed class ManifestStore(StoreLayout layout, StoreLock storeLock, ContentStore content, SmallFiles files)
{
    /// <summary>Stores a manifest whose content is all there, and points the tag at it.</summary>
    /// <param name="repository">A valid repository name.</param>
    /// <param name="tagOrDigest">The tag to set, or the manifest's own digest.</param>
    /// <param name="declaredType">Content-Type of the request without parameters, or empty.</param>
    /// <param name="bytes">The manifest, stored byte for byte.</param>
    /// <param name="cancellation">Gives up waiting for the store's lock.</param>
    /// <returns>The manifest, and what it is about where it is a referrer.</returns>
    public async Task<(StoredManifest Manifest, Digest? Subject)> PutAsync(
        string repository,
        string tagOrDigest,
        string declaredType,
        ReadOnlyMemory<byte> bytes,
        CancellationToken cancellation
    )
    {
        var digest = Digest.Of(bytes.Span);
        var isDigest = CheckReference(tagOrDigest, digest);
        var document = ManifestDocument.Parse(bytes, declaredType);
        using var held = await storeLock.SharedAsync(cancellation);
        UseContentOf(repository, document);
        await content.PutAsync(digest, bytes);
        await SetAsync(layout.Manifest(repository, digest), document.MediaType);
        if (!isDigest)
        {
            await SetAsync(layout.Tag(repository, tagOrDigest), digest.ToString());
        }

        return (new StoredManifest(digest, document.MediaType, bytes.Length), document.Subject);
    }

    /// <summary>Finds a manifest by tag or digest. Null when the repository has no such one.</summary>
    public StoredManifest? Find(string repository, string tagOrDigest)
    {
        var digest = DigestOf(repository, tagOrDigest);
        return digest is null ? null : Find(repository, digest);
    }

    /// <summary>As <see cref="Find(string, string)"/>; the manifest then survives pruning for the grace time.</summary>
    public async Task<StoredManifest?> UseAsync(string repository, string tagOrDigest, CancellationToken cancellation)
    {
        using var held = await storeLock.SharedAsync(cancellation);
        var found = Find(repository, tagOrDigest);
        return found is not null && files.Touch(layout.Manifest(repository, found.Digest)) ? found : null;
    }

    public ManifestDocument? Read(StoredManifest manifest) =>
        content.TryRead(manifest.Digest) is { } bytes ? ManifestDocument.Parse(bytes, manifest.MediaType) : null;

    /// <summary>
    /// The images a manifest stands for: itself, or those of an index without what builders attest about them.
    /// </summary>
    public IReadOnlyList<(StoredManifest Manifest, ManifestDocument Document)> ImagesOf(
        string repository,
        StoredManifest manifest
    )
    {
        var document = Read(manifest);
        return document is null ? []
            : MediaTypes.IsImage(document.MediaType) ? [(manifest, document)]
            :
            [
                .. document
                    .Children.Where(child => !child.IsForNoPlatform)
                    .Select(child => Find(repository, child.Digest))
                    .OfType<StoredManifest>()
                    .SelectMany(child => ImagesOf(repository, child)),
            ];
    }

    public bool HasRepository(string repository) => Directory.Exists(layout.Repository(repository));

    public IEnumerable<string> Repositories() =>
        Directory.EnumerateDirectories(layout.Repositories).Select(StoreLayout.RepositoryOf).OfType<string>();

    /// <summary>The repository's tags in the order of their bytes.</summary>
    public IReadOnlyList<string> Tags(string repository) =>
        [.. FilesIn(layout.Tags(repository)).Select(StoreLayout.TagOf).OfType<string>().Order(StringComparer.Ordinal)];

    /// <summary>Digests of the repository's manifests, in no order, also of those whose content is gone.</summary>
    public IEnumerable<Digest> Digests(string repository) =>
        FilesIn(layout.Manifests(repository)).Select(Digest.TryFromHex).OfType<Digest>();

    public bool DeleteTag(string repository, string tag)
    {
        var path = layout.Tag(repository, tag);
        var existed = File.Exists(path);
        if (existed)
        {
            File.Delete(path);
        }

        return existed;
    }

    /// <summary>Removes a manifest from a repository, with the tags that stand for it.</summary>
    public bool DeleteManifest(string repository, Digest digest)
    {
        var path = layout.Manifest(repository, digest);
        if (!File.Exists(path))
        {
            return false;
        }

        foreach (var tag in Tags(repository).Where(tag => digest.Equals(DigestOf(repository, tag))))
        {
            DeleteTag(repository, tag);
        }

        File.Delete(path);
        return true;
    }

    private static bool CheckReference(string tagOrDigest, Digest actual)
    {
        if (!Digest.TryParse(tagOrDigest, out var promised))
        {
            Names.CheckTag(tagOrDigest);
            return false;
        }

        return promised == actual
            ? true
            : throw new RegistryException(
                RegistryFault.DigestMismatch,
                $"The manifest received has digest {actual}, but was sent as {promised}."
            );
    }

    private void UseContentOf(string repository, ManifestDocument document)
    {
        var missing = document
            .RequiredContent.Where(item => !UseBlob(item))
            .Concat(document.Children.Where(child => !UseChild(repository, child)))
            .Select(item => item.Digest)
            .Distinct()
            .ToList();
        if (missing.Count > 0)
        {
            throw new RegistryException(
                RegistryFault.ManifestBlobUnknown,
                $"The manifest refers to content that was not pushed: {string.Join(", ", missing)}. Push it first."
            )
            {
                Digests = missing,
            };
        }
    }

    private bool UseBlob(Descriptor item)
    {
        var size = content.Use(item.Digest);
        return size is null || size == item.Size
            ? size is not null
            : throw new RegistryException(
                RegistryFault.ManifestInvalid,
                $"The manifest gives {item.Digest} {item.Size} bytes, but it has {size}."
            );
    }

    private bool UseChild(string repository, Descriptor child) =>
        UseBlob(child)
        && (!MediaTypes.IsManifest(child.MediaType) || files.Touch(layout.Manifest(repository, child.Digest)));

    private Digest? DigestOf(string repository, string tagOrDigest) =>
        Digest.TryParse(tagOrDigest, out var digest) || !Names.IsTag(tagOrDigest) ? digest
        : Digest.TryParse(SmallFiles.TryReadText(layout.Tag(repository, tagOrDigest)), out var target) ? target
        : null;

    public StoredManifest? Find(string repository, Digest digest) =>
        SmallFiles.TryReadText(layout.Manifest(repository, digest)) is { } mediaType && content.Size(digest) is { } size
            ? new StoredManifest(digest, mediaType, size)
            : null;

    private async Task SetAsync(string path, string text)
    {
        if (SmallFiles.TryReadText(path) != text || !files.Touch(path))
        {
            await files.WriteTextAsync(path, text);
        }
    }

    private static IEnumerable<string> FilesIn(string directory) =>
        Directory.Exists(directory) ? Directory.EnumerateFiles(directory).Select(path => Path.GetFileName(path)) : [];
}

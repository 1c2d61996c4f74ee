using Lotse.Registry.Archives;
using Lotse.Registry.Manifests;
using Lotse.Registry.Storage;

namespace Lotse.Registry;

/// <summary>
/// A content-addressed store of images in a directory. Several processes may use one directory at once. Every file
/// appears whole or not at all, also when a process or the machine dies at any instant.
/// </summary>
public sealed class RegistryStore
{
    // A process that died keeps its files this long at least; see TemporaryFiles.RemoveAbandoned.
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromMinutes(10);

    private readonly StoreLayout _layout;
    private readonly StoreLock _storeLock;
    private readonly TimeProvider _time;

    private RegistryStore(StoreLayout layout, TimeProvider time)
    {
        _layout = layout;
        _time = time;
        _storeLock = new StoreLock(layout.LockFile);
        Temporary = new TemporaryFiles(layout.Uploads, time);
        var files = new SmallFiles(Temporary, time);
        Content = new ContentStore(layout, _storeLock, files, time);
        Manifests = new ManifestStore(layout, _storeLock, Content, files);
    }

    /// <summary>Names of the repositories that something was pushed to and not all pruned from, in no order.</summary>
    public IEnumerable<string> Repositories => Manifests.Repositories();

    /// <summary>How long unused content survives <see cref="PruneAsync"/> by default: one hour.</summary>
    public static TimeSpan DefaultGrace { get; } = TimeSpan.FromHours(1);

    internal TemporaryFiles Temporary { get; }

    internal ContentStore Content { get; }

    internal ManifestStore Manifests { get; }

    /// <summary>Opens the store in a directory, which is created (for this user alone) when absent.</summary>
    /// <param name="directory">Where the store lies or shall lie. Content needs some two times an image's size.</param>
    /// <param name="timeProvider">The clock that dates content; default the system's.</param>
    /// <exception cref="RegistryException">
    /// <see cref="RegistryFault.FormatUnknown"/>, <see cref="RegistryFault.StorageFailed"/> or
    /// <see cref="RegistryFault.StorageFull"/>.
    /// </exception>
    public static RegistryStore Open(string directory, TimeProvider? timeProvider = null)
    {
        var time = timeProvider ?? TimeProvider.System;
        var layout = new StoreLayout(Path.GetFullPath(directory));
        return StorageFaults.Guard(
            layout.Root,
            () =>
            {
                StoreDirectory.Prepare(layout);
                var store = new RegistryStore(layout, time);
                store.Temporary.RemoveAbandoned(time.GetUtcNow() - AbandonedAfter);
                return store;
            }
        );
    }

    /// <summary>The repository's tags in the order of their bytes; empty for an unknown repository.</summary>
    /// <exception cref="RegistryException"><see cref="RegistryFault.NameInvalid"/>.</exception>
    public IReadOnlyList<string> Tags(string repository) => Manifests.Tags(Names.CheckRepository(repository));

    /// <summary>What a tag or digest stands for, or null when the repository has no such manifest.</summary>
    /// <param name="repository">For example <c>shop/web</c>.</param>
    /// <param name="tagOrDigest">A tag, or a digest <c>sha256:…</c>.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="RegistryException"><see cref="RegistryFault.NameInvalid"/> or a storage failure.</exception>
    public async Task<ResolvedImage?> ResolveAsync(
        string repository,
        string tagOrDigest,
        CancellationToken cancellation = default
    )
    {
        Names.CheckRepository(repository);
        var manifest = await Manifests.UseAsync(repository, tagOrDigest, cancellation);
        if (manifest is null)
        {
            return null;
        }

        var images = Manifests.ImagesOf(repository, manifest).Select(item => item.Document).ToList();
        return new ResolvedImage
        {
            Repository = repository,
            Digest = manifest.Digest,
            MediaType = manifest.MediaType,
            Size = manifest.Size,
            ConfigDigest = images.Count == 1 ? images[0].Config?.Digest : null,
            Layers =
            [
                .. images
                    .SelectMany(image => image.Layers)
                    .Select(layer => new ImageLayer(layer.Digest, layer.Size))
                    .Distinct(),
            ],
        };
    }

    /// <summary>Removes a tag. The manifest stays, reachable by its digest, until it is pruned.</summary>
    /// <returns>False when there was none.</returns>
    /// <exception cref="RegistryException"><see cref="RegistryFault.NameInvalid"/> or a storage failure.</exception>
    public bool DeleteTag(string repository, string tag) =>
        Names.IsTag(tag)
        && StorageFaults.Guard(_layout.Root, () => Manifests.DeleteTag(Names.CheckRepository(repository), tag));

    /// <summary>
    /// Removes all tags and manifests but those to keep, and all content that nothing kept needs. Safe beside other
    /// processes that push to or serve this store: manifests and content that were pushed, asked for or pulled within
    /// <paramref name="grace"/> stay, and so does whatever came since the oldest upload that still runs began.
    /// </summary>
    /// <param name="keep">Manifests to keep, by tag or digest, with all they refer to.</param>
    /// <param name="grace">Default <see cref="DefaultGrace"/>.</param>
    /// <param name="cancellation">Stops between two removals; the rest goes with the next prune.</param>
    /// <exception cref="RegistryException">
    /// <see cref="RegistryFault.StoreBusy"/>, <see cref="RegistryFault.NameInvalid"/> or a storage failure.
    /// </exception>
    public async Task<PruneResult> PruneAsync(
        IReadOnlyCollection<ManifestReference> keep,
        TimeSpan? grace = null,
        CancellationToken cancellation = default
    )
    {
        using var held = await _storeLock.ExclusiveAsync(cancellation);
        var pruner = new Pruner(_layout, Manifests, Temporary, _time.GetUtcNow(), grace ?? DefaultGrace);
        return StorageFaults.Guard(_layout.Root, () => pruner.Prune(keep, cancellation));
    }

    /// <summary>
    /// What an image's layers are once they are unpacked, lowest first: the <c>diff_ids</c> of its configuration (OCI image spec, config.md),
    /// by which engines know a layer again, however it was compressed.
    /// </summary>
    /// <param name="image">One image; of an index its only image.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="RegistryException">As <see cref="ExportAsync"/>.</exception>
    public async Task<IReadOnlyList<string>> ReadUnpackedLayersAsync(
        ManifestReference image,
        CancellationToken cancellation = default
    )
    {
        var digest = (await FindImageAsync(image, cancellation)).Document.Config!.Digest;
        return ImageConfiguration.ReadDiffIds(Content.TryRead(digest) ?? throw ContentStore.Unknown(digest));
    }

    /// <summary>How many bytes an image's layers take as they are stored (compressed), lowest first, as many as <see cref="ReadUnpackedLayersAsync"/> gives.</summary>
    /// <param name="image">One image; of an index its only image.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="RegistryException">As <see cref="ExportAsync"/>.</exception>
    public async Task<IReadOnlyList<long>> ReadLayerSizesAsync(
        ManifestReference image,
        CancellationToken cancellation = default
    ) => [.. (await FindImageAsync(image, cancellation)).Document.Layers.Select(layer => layer.Size)];

    /// <summary>
    /// Writes an image as a tar archive for <c>docker load</c> that is an OCI image layout as well (OCI image spec,
    /// image-layout.md). For servers that cannot pull from here.
    /// </summary>
    /// <param name="image">One image; of an index its only image.</param>
    /// <param name="names">The names the image gets where it is loaded, for example <c>shop/web:1.0</c>.</param>
    /// <param name="presentLayers">
    /// How many of the lowest layers to leave out, since the loading engine has an image that begins with the same ones.
    /// </param>
    /// <param name="target">Gets the archive; is left open.</param>
    /// <param name="progress">Hears of each layer as it is written; null for nobody.</param>
    /// <param name="cancellation">Stops in the middle.</param>
    /// <exception cref="RegistryException">
    /// <see cref="RegistryFault.ManifestUnknown"/>; <see cref="RegistryFault.Unsupported"/> for an index with several
    /// images; <see cref="RegistryFault.BlobUnknown"/> where the store lost content.
    /// </exception>
    public async Task ExportAsync(
        ManifestReference image,
        IReadOnlyList<string> names,
        int presentLayers,
        Stream target,
        IProgress<LayerSent>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var found = await FindImageAsync(image, cancellation);
        await new ArchiveWriter(Content, found, names, presentLayers, progress).WriteAsync(target, cancellation);
    }

    private async Task<(StoredManifest Manifest, ManifestDocument Document)> FindImageAsync(
        ManifestReference image,
        CancellationToken cancellation
    )
    {
        var repository = Names.CheckRepository(image.Repository);
        var manifest =
            await Manifests.UseAsync(repository, image.TagOrDigest, cancellation)
            ?? throw new RegistryException(RegistryFault.ManifestUnknown, $"There is no {image}.");
        var images = Manifests.ImagesOf(repository, manifest);
        return images.Count == 1
            ? images[0]
            : throw new RegistryException(
                RegistryFault.Unsupported,
                $"{image} has {images.Count} images, an archive holds one. Name the manifest of one by its digest."
            );
    }
}

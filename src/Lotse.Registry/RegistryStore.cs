using System.Text;
using Lotse.Registry.Manifests;
using Lotse.Registry.Storage;

namespace Lotse.Registry;

/// <summary>
/// A content-addressed store of images in a directory. Several processes may use one directory at once. Every file
/// appears whole or not at all, also when a process or the machine dies at any instant.
/// </summary>
public sealed class RegistryStore
{
    private const string Format = "lotse-registry 1\n";

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
        try
        {
            CreateDirectories(layout);
            CheckFormat(layout);
            var store = new RegistryStore(layout, time);
            store.Temporary.RemoveAbandoned(time.GetUtcNow() - AbandonedAfter);
            return store;
        }
        catch (Exception error) when (StorageFaults.IsStorageError(error))
        {
            throw StorageFaults.From(error, layout.Root);
        }
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

        var images = ImagesOf(repository, manifest);
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
        Names.IsTag(tag) && Manifests.DeleteTag(Names.CheckRepository(repository), tag);

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
        try
        {
            return new Pruner(_layout, Manifests, Temporary, _time.GetUtcNow(), grace ?? DefaultGrace).Prune(
                keep,
                cancellation
            );
        }
        catch (Exception error) when (StorageFaults.IsStorageError(error))
        {
            throw StorageFaults.From(error, _layout.Root);
        }
    }

    private List<ManifestDocument> ImagesOf(string repository, StoredManifest manifest)
    {
        var document = Manifests.Read(manifest);
        return document is null ? []
            : MediaTypes.IsImage(document.MediaType) ? [document]
            :
            [
                .. document
                    .Children.Where(child => !child.IsForNoPlatform)
                    .Select(child => Manifests.Find(repository, child.Digest))
                    .OfType<StoredManifest>()
                    .SelectMany(child => ImagesOf(repository, child)),
            ];
    }

    private static void CreateDirectories(StoreLayout layout)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(layout.Root);
        }
        else
        {
            Directory.CreateDirectory(
                layout.Root,
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            );
        }

        Directory.CreateDirectory(layout.Blobs);
        Directory.CreateDirectory(layout.Uploads);
        Directory.CreateDirectory(layout.Repositories);
        using var lockFile = new FileStream(
            layout.LockFile,
            FileMode.OpenOrCreate,
            FileAccess.Write,
            FileShare.ReadWrite | FileShare.Delete
        );
    }

    private static void CheckFormat(StoreLayout layout)
    {
        var found = SmallFiles.TryReadText(layout.FormatFile);
        if (found is null)
        {
            // Two processes may write it at once: the content is the same, and short enough to be one write.
            File.WriteAllBytes(layout.FormatFile, Encoding.ASCII.GetBytes(Format));
        }
        else if (found != Format)
        {
            throw new RegistryException(
                RegistryFault.FormatUnknown,
                $"{layout.Root} holds a registry store of another format ('{found.Trim()}'; this version knows"
                    + $" '{Format.Trim()}'). Use another directory, or delete this one: images can be pushed again."
            );
        }
    }
}

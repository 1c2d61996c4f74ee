namespace Lotse.Registry.Storage;

/// <summary>
/// One garbage collection: marks what is kept, then removes tags, manifests and content in this order, so that a
/// death in between leaves only content that nothing refers to. The caller holds the store's lock alone.
/// </summary>
internal sealed class Pruner(
    StoreLayout layout,
    ManifestStore manifests,
    TemporaryFiles temporary,
    DateTimeOffset now,
    TimeSpan grace
)
{
    private readonly HashSet<(string Repository, Digest Digest)> _kept = [];
    private readonly HashSet<string> _keptContent = [];
    private readonly List<ManifestReference> _missing = [];
    private int _removedTags;
    private int _removedManifests;
    private int _removedBlobs;
    private long _freedBytes;

    // An upload that runs belongs to an image whose other content may have been pushed, or found to be there, since.
    private readonly DateTime _cutoff = Earlier(now, temporary.OldestRunning()).Subtract(grace).UtcDateTime;

    public PruneResult Prune(IReadOnlyCollection<ManifestReference> keep, CancellationToken cancellation)
    {
        foreach (var reference in keep)
        {
            KeepNamed(reference);
        }

        var repositories = manifests.Repositories().ToList();
        repositories.ForEach(KeepRecent);
        repositories.ForEach(repository => Sweep(repository, cancellation));
        SweepContent(cancellation);
        _freedBytes += temporary.RemoveAbandoned(now - grace);
        return new PruneResult
        {
            RemovedTags = _removedTags,
            RemovedManifests = _removedManifests,
            RemovedBlobs = _removedBlobs,
            FreedBytes = _freedBytes,
            Missing = _missing,
        };
    }

    private static DateTimeOffset Earlier(DateTimeOffset now, DateTimeOffset? other) =>
        other is { } time && time < now ? time : now;

    private void KeepNamed(ManifestReference reference)
    {
        var repository = Names.CheckRepository(reference.Repository);
        if (manifests.Find(repository, reference.TagOrDigest) is { } manifest)
        {
            Keep(repository, manifest);
        }
        else
        {
            _missing.Add(reference);
        }
    }

    private void KeepRecent(string repository)
    {
        foreach (var digest in manifests.Digests(repository))
        {
            if (IsRecent(layout.Manifest(repository, digest)) && manifests.Find(repository, digest) is { } manifest)
            {
                Keep(repository, manifest);
            }
        }
    }

    private void Keep(string repository, StoredManifest manifest)
    {
        if (!_kept.Add((repository, manifest.Digest)))
        {
            return;
        }

        _keptContent.Add(manifest.Digest.Hex);
        var document = manifests.Read(manifest);
        _keptContent.UnionWith(document?.Content.Select(item => item.Digest.Hex) ?? []);
        foreach (var child in document?.Children ?? [])
        {
            _keptContent.Add(child.Digest.Hex);
            if (manifests.Find(repository, child.Digest) is { } found)
            {
                Keep(repository, found);
            }
        }
    }

    private void Sweep(string repository, CancellationToken cancellation)
    {
        foreach (var tag in manifests.Tags(repository))
        {
            cancellation.ThrowIfCancellationRequested();
            if (manifests.Find(repository, tag) is not { } target || !_kept.Contains((repository, target.Digest)))
            {
                _removedTags += manifests.DeleteTag(repository, tag) ? 1 : 0;
            }
        }

        foreach (var digest in manifests.Digests(repository).Where(digest => !_kept.Contains((repository, digest))))
        {
            cancellation.ThrowIfCancellationRequested();
            File.Delete(layout.Manifest(repository, digest));
            _removedManifests++;
        }

        DeleteIfEmpty(layout.Tags(repository));
        DeleteIfEmpty(layout.Manifests(repository));
        DeleteIfEmpty(layout.Repository(repository));
    }

    private static void DeleteIfEmpty(string directory)
    {
        if (Directory.Exists(directory) && !Directory.EnumerateFileSystemEntries(directory).Any())
        {
            Directory.Delete(directory);
        }
    }

    private void SweepContent(CancellationToken cancellation)
    {
        foreach (var blob in new DirectoryInfo(layout.Blobs).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            cancellation.ThrowIfCancellationRequested();
            if (!_keptContent.Contains(blob.Name) && !IsRecent(blob.FullName))
            {
                _freedBytes += blob.Length;
                blob.Delete();
                _removedBlobs++;
            }
        }
    }

    private bool IsRecent(string path) => File.GetLastWriteTimeUtc(path) > _cutoff;
}

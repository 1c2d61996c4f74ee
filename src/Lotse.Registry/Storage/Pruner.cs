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
    private readonly HashSet<(string Repository, Digest Digest)> kept = [];
    private readonly HashSet<string> keptContent = [];
    private readonly List<ManifestReference> missing = [];
    private int removedTags;
    private int removedManifests;
    private int removedBlobs;
    private long freedBytes;

    // An upload that runs belongs to an image whose other content may have been pushed, or found to be there, since.
    private readonly DateTime cutoff = Earlier(now, temporary.OldestRunning()).Subtract(grace).UtcDateTime;

    public PruneResult Prune(IReadOnlyCollection<ManifestReference> keep, CancellationToken cancel)
    {
        foreach (var reference in keep)
        {
            KeepNamed(reference);
        }

        var repositories = manifests.Repositories().ToList();
        repositories.ForEach(KeepRecent);
        repositories.ForEach(repository => Sweep(repository, cancel));
        SweepContent(cancel);
        freedBytes += temporary.RemoveAbandoned(now - grace);
        return new PruneResult
        {
            RemovedTags = removedTags,
            RemovedManifests = removedManifests,
            RemovedBlobs = removedBlobs,
            FreedBytes = freedBytes,
            Missing = missing,
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
            missing.Add(reference);
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
        if (!kept.Add((repository, manifest.Digest)))
        {
            return;
        }

        keptContent.Add(manifest.Digest.Hex);
        var document = manifests.Read(manifest);
        keptContent.UnionWith(document?.Content.Select(item => item.Digest.Hex) ?? []);
        foreach (var child in document?.Children ?? [])
        {
            keptContent.Add(child.Digest.Hex);
            if (manifests.Find(repository, child.Digest) is { } found)
            {
                Keep(repository, found);
            }
        }
    }

    private void Sweep(string repository, CancellationToken cancel)
    {
        foreach (var tag in manifests.Tags(repository))
        {
            cancel.ThrowIfCancellationRequested();
            if (manifests.Find(repository, tag) is not { } target || !kept.Contains((repository, target.Digest)))
            {
                removedTags += manifests.DeleteTag(repository, tag) ? 1 : 0;
            }
        }

        foreach (var digest in manifests.Digests(repository).Where(digest => !kept.Contains((repository, digest))))
        {
            cancel.ThrowIfCancellationRequested();
            File.Delete(layout.Manifest(repository, digest));
            removedManifests++;
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

    private void SweepContent(CancellationToken cancel)
    {
        foreach (var blob in new DirectoryInfo(layout.Blobs).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            cancel.ThrowIfCancellationRequested();
            if (!keptContent.Contains(blob.Name) && !IsRecent(blob.FullName))
            {
                freedBytes += blob.Length;
                blob.Delete();
                removedBlobs++;
            }
        }
    }

    private bool IsRecent(string path) => File.GetLastWriteTimeUtc(path) > cutoff;
}

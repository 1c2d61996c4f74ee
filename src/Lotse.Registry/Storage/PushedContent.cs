using System.Collections.Concurrent;

namespace Lotse.Registry.Storage;

/// <summary>What was pushed through one server since it started, with all that it refers to. The store has more: other projects' images, and older ones.</summary>
internal sealed class PushedContent(ManifestStore manifests)
{
    private readonly ConcurrentDictionary<(string Repository, string Hex), bool> _all = new();

    /// <summary>A manifest was pushed, whose content is all there.</summary>
    public void Add(string repository, StoredManifest manifest)
    {
        if (!_all.TryAdd((repository, manifest.Digest.Hex), true))
        {
            return;
        }

        var document = manifests.Read(manifest);
        foreach (var item in document?.Content ?? [])
        {
            _all.TryAdd((repository, item.Digest.Hex), true);
        }

        foreach (var child in document?.Children ?? [])
        {
            if (manifests.Find(repository, child.Digest.ToString()) is { } found)
            {
                Add(repository, found);
            }
        }
    }

    /// <summary>Whether a manifest, configuration or layer is among it.</summary>
    public bool Has(string repository, Digest digest) => _all.ContainsKey((repository, digest.Hex));
}

namespace Lotse.Hosts.Ssh.Access.KnownHosts;

/// <summary>
/// What is known of hosts' keys. The committed pins come first: where they know a host, they alone decide, so that everybody's deploy trusts the same
/// keys; else the user's and the machine's files do. A key that any file revokes is never accepted.
/// </summary>
/// <param name="pins">The committed pins.</param>
/// <param name="others">The user's and the machine's files, in order.</param>
internal sealed class KnownHostKeys(KnownHostsFile pins, IReadOnlyList<KnownHostsFile> others)
{
    /// <summary>All files, in the order in which they are consulted.</summary>
    public IReadOnlyList<KnownHostsFile> Files => [pins, .. others];

    /// <summary>Judges the key that a host presented.</summary>
    /// <param name="host">The host's name.</param>
    /// <param name="port">Its port.</param>
    /// <param name="key">The key.</param>
    public HostKeyVerdict Judge(string host, int port, PublicKey key)
    {
        var (name, plain) = NamesOf(host, port);
        var revoked = Find(name, KeyMarker.Revoked).Union(Find(plain, KeyMarker.Revoked)).Where(e => e.Key == key);
        if (revoked.ToList() is { Count: > 0 } evidence)
        {
            return new HostKeyVerdict(HostKeyTrust.Revoked, evidence);
        }

        var known = Deciding(name);
        if (known.Count > 0)
        {
            var isKnown = known.Exists(e => e.Key == key);
            return new HostKeyVerdict(isKnown ? HostKeyTrust.Trusted : HostKeyTrust.Changed, known);
        }

        // OpenSSH takes a key for any port when the plain name has it, and nothing is known of the port: another one there is another server's.
        if (Deciding(plain) is var others && others.Exists(e => e.Key == key))
        {
            return new HostKeyVerdict(HostKeyTrust.Trusted, others);
        }

        var authorities = Find(name, KeyMarker.Authority);
        return new HostKeyVerdict(
            authorities.Count > 0 ? HostKeyTrust.AuthorityOnly : HostKeyTrust.Unknown,
            authorities
        );
    }

    /// <summary>The types of the keys that are known for a host, in the order of the files.</summary>
    public IReadOnlyList<string> TypesOf(string host, int port)
    {
        var (name, plain) = NamesOf(host, port);
        var known = Deciding(name);
        var entries = known.Count > 0 ? known : Deciding(plain);
        return [.. entries.Select(e => e.Key.Type).Distinct()];
    }

    private static (string Name, string Plain) NamesOf(string host, int port) =>
        (KnownHostsEntry.NameOf(host, port), host.ToLowerInvariant());

    private List<KnownHostsEntry> Deciding(string name)
    {
        var pinned = pins.Entries.Where(e => e.Marker == KeyMarker.None && e.IsFor(name)).ToList();
        return pinned.Count > 0 ? pinned : Find(name, KeyMarker.None);
    }

    private List<KnownHostsEntry> Find(string name, KeyMarker marker) =>
        [.. Files.SelectMany(f => f.Entries).Where(e => e.Marker == marker && e.IsFor(name))];
}

/// <summary>What is to be thought of a host's key.</summary>
/// <param name="Trust">The judgement.</param>
/// <param name="Evidence">The entries on which it rests.</param>
internal sealed record HostKeyVerdict(HostKeyTrust Trust, IReadOnlyList<KnownHostsEntry> Evidence);

/// <summary>Whether a host's key is the host's.</summary>
internal enum HostKeyTrust
{
    /// <summary>It is known.</summary>
    Trusted,

    /// <summary>Nothing is known of the host.</summary>
    Unknown,

    /// <summary>The host is known by other keys.</summary>
    Changed,

    /// <summary>The key is known as one that must not be accepted.</summary>
    Revoked,

    /// <summary>The host is known only by an authority that signs its key.</summary>
    AuthorityOnly,
}

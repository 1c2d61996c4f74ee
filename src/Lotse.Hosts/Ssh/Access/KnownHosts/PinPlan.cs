namespace Lotse.Hosts.Ssh.Access.KnownHosts;

/// <summary>
/// What the file of pins becomes when servers' keys are put into it. A server with a problem keeps its lines as they are, and no other for it. Pure.
/// </summary>
internal sealed class PinPlan
{
    private readonly IReadOnlyList<string> before;
    private readonly IReadOnlyList<KnownHostsEntry> entries;
    private readonly string?[] kept;
    private readonly List<string> added = [];
    private readonly List<string> problems = [];

    /// <param name="lines">The file's lines.</param>
    /// <param name="shown">The file's name, as it is to be shown.</param>
    /// <param name="presented">The keys that servers present.</param>
    /// <param name="replaces">Whether lines that disagree give way.</param>
    public PinPlan(
        IReadOnlyList<string> lines,
        string shown,
        IReadOnlyList<PresentedKey> presented,
        bool replaces = false
    )
    {
        before = lines;
        kept = [.. lines];
        entries = [.. KnownHostsFile.Parse(lines, shown).Where(e => e.Marker == KeyMarker.None)];
        foreach (var revoked in presented.Where(p => p.Verdict.Trust == HostKeyTrust.Revoked))
        {
            var sites = string.Join(", ", revoked.Verdict.Evidence.Select(e => e.Site));
            problems.Add($"{sites}: {revoked.Name} presents {revoked.Key}, which is marked as revoked");
        }

        foreach (var server in presented.GroupBy(p => p.Name))
        {
            if (server.All(p => p.Verdict.Trust != HostKeyTrust.Revoked))
            {
                PinWhole(server.Key, [.. server.Select(p => p.Key).Distinct()], replaces);
            }
        }

        DropDoubles();
    }

    /// <summary>The file's new lines.</summary>
    public IReadOnlyList<string> Lines => [.. kept.OfType<string>(), .. added];

    /// <summary>Whether they are others than before.</summary>
    public bool HasChanges => !Lines.SequenceEqual(before);

    /// <summary>How many keys are pinned that were not.</summary>
    public int Added => added.Count;

    /// <summary>Why servers are left as they are in the file, each with its line; empty when all are pinned.</summary>
    public IReadOnlyList<string> Problems => problems;

    /// <summary>All of a server's keys, or none of them.</summary>
    private void PinWhole(string name, List<PublicKey> keys, bool replaces)
    {
        var (lines, more, found) = (kept.ToArray(), added.Count, problems.Count);
        Pin(name, keys, replaces);
        if (problems.Count > found)
        {
            lines.CopyTo(kept, 0);
            added.RemoveRange(more, added.Count - more);
        }
    }

    private void Pin(string name, List<PublicKey> keys, bool replaces)
    {
        var held = entries.Where(e => e.IsFor(name)).ToList();
        var isNew = keys.Except(held.Select(e => e.Key)).ToList();
        // A server may have several keys of a type while it goes over to a new one: only what it no longer proves itself by disagrees.
        var disagreeing = held.Where(e => !keys.Contains(e.Key))
            .Where(e => isNew.Count == keys.Count || isNew.Any(k => k.Type == e.Key.Type));
        foreach (var entry in disagreeing)
        {
            if (replaces)
            {
                TakeOut(entry, name);
            }
            else
            {
                var now = keys.Where(k => k.Type == entry.Key.Type).DefaultIfEmpty(keys[0]);
                problems.Add($"{entry.Site}: {name} is pinned to {entry.Key}, but presents {string.Join(", ", now)}");
            }
        }

        added.AddRange(isNew.Select(k => $"{name} {k.Type} {k.Base64}"));
    }

    /// <summary>The other names of a line keep its key.</summary>
    private void TakeOut(KnownHostsEntry entry, string name)
    {
        var names = entry.Names.Split(',', StringSplitOptions.RemoveEmptyEntries);
        var rest = names.Where(n => !n.Equals(name, StringComparison.OrdinalIgnoreCase)).ToList();
        var isHashed = entry.Names.StartsWith('|');
        if (!isHashed && Patterns.Fit(rest, name))
        {
            problems.Add($"{entry.Site}: {name} is meant by the pattern {entry.Names}: change that line by hand");
            return;
        }

        var index = entry.Line - 1;
        // Another server may have been taken out of the same line before.
        var now = kept[index]?.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[0].Split(',') ?? [];
        rest = [.. now.Where(n => !isHashed && !n.Equals(name, StringComparison.OrdinalIgnoreCase))];
        kept[index] = rest.Any(n => !n.StartsWith('!'))
            ? $"{string.Join(',', rest)}{before[index].TrimStart()[entry.Names.Length..]}"
            : null;
    }

    private void DropDoubles()
    {
        var seen = new HashSet<string>();
        foreach (var index in entries.Select(e => e.Line - 1))
        {
            kept[index] = kept[index] is { } line && seen.Add(line.Trim()) ? line : null;
        }
    }
}

using System.Collections.Concurrent;
using Lotse.Execution.Ports;
using Lotse.Hosts.Ssh.Access.Dialing;
using Renci.SshNet;

namespace Lotse.Hosts.Ssh.Access.KnownHosts;

/// <summary>
/// Asks servers for the keys they present and keeps them in the committed file of pins. A server is not logged in to for this; a jump host on the way to
/// it is, and only when its own key is known.
/// </summary>
internal sealed class HostKeyPins(SshSettings settings, TimeProvider time)
{
    private readonly RouteFinder routes = new(settings);
    private readonly HopConnector connector = new(settings, time);
    private readonly SshDialer dialer = new(settings, time);

    /// <summary>Asks servers, and the jump hosts before them, for all their keys.</summary>
    /// <param name="hosts">The hosts as they are configured.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The keys of those that answer, and why others do not.</returns>
    public async Task<HostKeySurvey> AskAsync(IReadOnlyList<string> hosts, CancellationToken cancellation)
    {
        var asked = new ConcurrentDictionary<string, Lazy<Task<IReadOnlyList<PresentedKey>>>>();
        var ways = await Task.WhenAll(hosts.Select(h => AskWayAsync(h, asked, cancellation)));
        return new HostKeySurvey(
            [.. ways.SelectMany(w => w.Keys).DistinctBy(k => (k.Name, k.Key))],
            [.. hosts.Where((_, index) => ways[index] is { IsComplete: false, Failure: null })],
            [.. hosts.Zip(ways).Where(h => h.Second.Failure is not null).Select(h => (h.First, h.Second.Failure!))]
        );
    }

    /// <summary>What the file of pins becomes with these keys.</summary>
    /// <param name="keys">The keys that servers present.</param>
    /// <param name="replaces">Whether lines that disagree give way.</param>
    public PinPlan Plan(IReadOnlyList<PresentedKey> keys, bool replaces) =>
        new(
            File.Exists(settings.PinsFile) ? File.ReadAllLines(settings.PinsFile) : [],
            settings.Show(settings.PinsFile),
            keys,
            replaces
        );

    /// <summary>Writes the file of pins, as a whole or not at all.</summary>
    public void Write(PinPlan plan)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(settings.PinsFile)!);
        var fresh = settings.PinsFile + ".new";
        File.WriteAllText(fresh, string.Concat(plan.Lines.Select(l => l + "\n")));
        File.Move(fresh, settings.PinsFile, overwrite: true);
    }

    private async Task<Way> AskWayAsync(
        string host,
        ConcurrentDictionary<string, Lazy<Task<IReadOnlyList<PresentedKey>>>> asked,
        CancellationToken cancellation
    )
    {
        var route = routes.Find(host);
        var found = new List<PresentedKey>();
        for (var position = 0; position < route.Count; position++)
        {
            var (hop, before) = (route[position], route.Take(position).ToList());
            var name = KnownHostsEntry.NameOf(hop.KeyName, hop.Port);
            // Many hosts share a jump host, which would take many connections at once for an attack.
            var asking = asked.GetOrAdd(name, _ => new(() => AskServerAsync(host, before, hop, cancellation)));
            try
            {
                var keys = await asking.Value;
                found.AddRange(keys);
                if (position < route.Count - 1 && !keys.Any(k => k.Verdict.Trust == HostKeyTrust.Trusted))
                {
                    return new Way(found, IsComplete: false, Failure: null);
                }
            }
            catch (HostException failure)
            {
                return new Way(found, IsComplete: false, failure);
            }
        }

        return new Way(found, IsComplete: true, Failure: null);
    }

    /// <summary>What a host and the jump hosts before it answered.</summary>
    private sealed record Way(IReadOnlyList<PresentedKey> Keys, bool IsComplete, HostException? Failure);

    private async Task<IReadOnlyList<PresentedKey>> AskServerAsync(
        string host,
        List<Hop> before,
        Hop hop,
        CancellationToken cancellation
    )
    {
        await using var link = await dialer.OpenAsync(host, before, cancellation);
        (SshClient, Hop)? through = link is null ? null : (link.Client, before[^1]);
        var known = connector.KnownKeysOf(hop);
        var keys = new List<PresentedKey>();
        foreach (var type in HostKeyAlgorithms.Types)
        {
            // A way that is a process serves one connection.
            await using var path = await connector.OpenPathAsync(host, hop, through, cancellation);
            if (await connector.AskHostKeyAsync(host, hop, path, type, cancellation) is { } key)
            {
                var name = KnownHostsEntry.NameOf(hop.KeyName, hop.Port);
                keys.Add(new PresentedKey(name, key, known.Judge(hop.KeyName, hop.Port, key)));
            }
        }

        return keys.Count > 0 ? keys : throw new DialFailures(host, hop).NoHostKey(HostKeyAlgorithms.Types);
    }
}

/// <summary>The keys that servers present.</summary>
/// <param name="Keys">The keys, each once.</param>
/// <param name="Behind">Hosts that could not be asked yet: the key of a jump host before them is not known.</param>
/// <param name="Failures">Hosts that could not be asked, or not all of the way to them, and why.</param>
internal sealed record HostKeySurvey(
    IReadOnlyList<PresentedKey> Keys,
    IReadOnlyList<string> Behind,
    IReadOnlyList<(string Host, HostException Failure)> Failures
);

using System.Security.Cryptography;
using System.Text.Json;
using Lotse.Configuration;
using Lotse.Execution.Ports;

namespace Lotse.Execution.Deployments;

/// <summary>
/// Secrets that the configuration lets Lotse generate (<c>secrets: generate:</c>): made once, and kept with the state of each host, so that another clone of the
/// project, or a colleague, deploys with the same ones, whichever hosts are left out or come first.
/// </summary>
internal static class GeneratedSecrets
{
    private const string FileName = "secrets.json";

    /// <summary>Those that were generated so far, as a host knows them.</summary>
    public static async Task<IReadOnlyCollection<Secret>> ReadAsync(IHost host, CancellationToken cancellation) =>
        [.. Parse(await host.Store.ReadAsync(FileName, cancellation)).Values.Select(v => new Secret(v))];

    /// <summary>The configuration with those that were generated so far, and something in place of the others, whose names are given: nothing is written.</summary>
    public static async Task<(DeployConfig Config, IReadOnlyList<string> Missing)> ForeseeAsync(
        DeployConfig config,
        IReadOnlyList<IHost> hosts,
        CancellationToken cancellation
    )
    {
        if (config.GeneratedSecrets.IsEmpty)
        {
            return (config, []);
        }

        var known = Union(config, await ReadAllAsync(hosts, cancellation));
        var missing = config.GeneratedSecrets.Where(name => !known.ContainsKey(name)).ToList();
        foreach (var name in missing)
        {
            await ThrowWhenDataIsLockedAsync(config, hosts, name, cancellation);
        }

        return (WithPlaceholders(With(config, known)), missing);
    }

    /// <summary>The configuration with something in place of those that are not known: to plan with, and never to deploy.</summary>
    public static DeployConfig WithPlaceholders(DeployConfig config) =>
        config.WithSecrets(config.GeneratedSecrets.ToDictionary(n => n, n => new Secret($"{n}, not generated yet")));

    /// <summary>The configuration with all of them: those that no host knows are generated, and each host gets those that it lacks.</summary>
    /// <exception cref="UserException">One would be generated for data that an earlier one protects.</exception>
    public static async Task<DeployConfig> ResolveAsync(
        DeployConfig config,
        IReadOnlyList<IHost> hosts,
        CancellationToken cancellation
    )
    {
        if (config.GeneratedSecrets.IsEmpty)
        {
            return config;
        }

        var kept = await ReadAllAsync(hosts, cancellation);
        var known = Union(config, kept);
        foreach (var name in config.GeneratedSecrets.Where(name => !known.ContainsKey(name)))
        {
            await ThrowWhenDataIsLockedAsync(config, hosts, name, cancellation);
            known[name] = RandomNumberGenerator.GetHexString(32, lowercase: true);
        }

        // Of two deployers that generate at once, the first host decides.
        known = await KeepAsync(kept[0], known, cancellation);
        await Task.WhenAll(kept.Skip(1).Select(k => KeepAsync(k, known, cancellation)));
        return With(config, known);
    }

    private static DeployConfig With(DeployConfig config, Dictionary<string, string> known) =>
        config.WithSecrets(known.ToDictionary(k => k.Key, k => new Secret(k.Value)));

    private static Task<Kept[]> ReadAllAsync(IReadOnlyList<IHost> hosts, CancellationToken cancellation) =>
        Task.WhenAll(hosts.Select(async h => new Kept(h, await h.Store.ReadAsync(FileName, cancellation))));

    /// <summary>What the hosts know. Where they differ, those count whose data a secret protects, and then the first one.</summary>
    private static Dictionary<string, string> Union(DeployConfig config, IEnumerable<Kept> kept)
    {
        var keepers = config.Accessories.SelectMany(a => a.Hosts).Select(h => h.Name).ToHashSet();
        return kept.OrderByDescending(k => keepers.Contains(k.Host.Name))
            .SelectMany(k => Parse(k.Text))
            .DistinctBy(known => known.Key)
            .ToDictionary();
    }

    /// <summary>Adds what a host lacks; gives what counts there then: of two that were generated at once, the one that was there first.</summary>
    private static async Task<Dictionary<string, string>> KeepAsync(
        Kept kept,
        Dictionary<string, string> known,
        CancellationToken cancellation
    )
    {
        var text = kept.Text;
        while (true)
        {
            var there = Parse(text);
            var lacking = known.Where(k => !there.ContainsKey(k.Key)).ToList();
            var all = lacking.Concat(there).ToDictionary();
            var next = JsonSerializer.Serialize(all, StoreJson.Default.DictionaryStringString);
            if (lacking.Count == 0 || await kept.Host.Store.CompareAndSwapAsync(FileName, text, next, cancellation))
            {
                return text == kept.Text ? known : all;
            }

            text = await kept.Host.Store.ReadAsync(FileName, cancellation);
        }
    }

    /// <summary>What a host's file holds.</summary>
    private sealed record Kept(IHost Host, string? Text);

    private static Dictionary<string, string> Parse(string? text) =>
        text is null ? [] : JsonSerializer.Deserialize(text, StoreJson.Default.DictionaryStringString)!;

    /// <summary>A new password for data that an old one protects would only be noticed when the application cannot log in.</summary>
    private static async Task ThrowWhenDataIsLockedAsync(
        DeployConfig config,
        IReadOnlyList<IHost> hosts,
        string name,
        CancellationToken cancellation
    )
    {
        foreach (var host in hosts)
        {
            var locked = config.Accessories.Where(a =>
                a.Hosts.Any(h => h.Name == host.Name) && a.Env.Secret.Any(s => s.SecretName == name)
            );
            foreach (var accessory in locked)
            {
                await ThrowWhenDataIsLockedAsync(accessory, host, name, cancellation);
            }
        }
    }

    private static async Task ThrowWhenDataIsLockedAsync(
        AccessoryConfig accessory,
        IHost host,
        string name,
        CancellationToken cancellation
    )
    {
        foreach (var volume in AccessoryData.VolumesOf(accessory))
        {
            if (await host.Engine.HasVolumeAsync(volume, cancellation))
            {
                throw Locked(host, name, $"volume {volume}", $"docker volume rm {volume}");
            }
        }

        foreach (var folder in AccessoryData.FoldersOf(accessory, host.DataFolder))
        {
            if (await host.HasDataAsync(folder, cancellation))
            {
                throw Locked(host, name, $"folder {folder}", $"sudo rm -r {folder}");
            }
        }
    }

    private static UserException Locked(IHost host, string name, string place, string deletion) =>
        new(
            $"[{host.Name}] {name} would be generated anew, but {place} holds data that was made with an earlier one, and {host.Store.Location}/{FileName} does not know it.",
            $"Give the earlier one (`{name}=… ./build.sh …`), or bring that file back, or delete the data: `{deletion}`."
        );
}

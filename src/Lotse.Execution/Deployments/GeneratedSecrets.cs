using System.Security.Cryptography;
using System.Text.Json;
using Lotse.Configuration;
using Lotse.Execution.Ports;

namespace Lotse.Execution.Deployments;

/// <summary>
/// Secrets that the configuration lets Lotse generate (<c>secrets: generate:</c>): made once, and kept with the host's state, where the data
/// that they protect is. So another clone of the project, or a colleague, deploys with the same ones.
/// </summary>
internal static class GeneratedSecrets
{
    private const string FileName = "secrets.json";

    /// <summary>Those that were generated so far.</summary>
    public static async Task<IReadOnlyCollection<Secret>> ReadAsync(IHost host, CancellationToken cancellation) =>
        [.. Parse(await host.Store.ReadAsync(FileName, cancellation)).Values.Select(v => new Secret(v))];

    /// <summary>The configuration with those that were generated so far, and something in place of the others, whose names are given: nothing is written.</summary>
    public static async Task<(DeployConfig Config, IReadOnlyList<string> Missing)> ForeseeAsync(
        DeployConfig config,
        IHost host,
        CancellationToken cancellation
    )
    {
        if (config.GeneratedSecrets.IsEmpty)
        {
            return (config, []);
        }

        var known = Parse(await host.Store.ReadAsync(FileName, cancellation));
        var missing = config.GeneratedSecrets.Where(name => !known.ContainsKey(name)).ToList();
        foreach (var name in missing)
        {
            await ThrowWhenDataIsLockedAsync(config, host, name, cancellation);
            known[name] = $"{name}, not generated yet";
        }

        return (config.WithSecrets(known.ToDictionary(k => k.Key, k => new Secret(k.Value))), missing);
    }

    public static async Task<DeployConfig> ResolveAsync(DeployConfig config, IHost host, CancellationToken cancellation)
    {
        var store = host.Store;
        if (config.GeneratedSecrets.IsEmpty)
        {
            return config;
        }

        while (true)
        {
            var text = await store.ReadAsync(FileName, cancellation);
            var known = Parse(text);
            var missing = config.GeneratedSecrets.Where(name => !known.ContainsKey(name)).ToList();
            foreach (var name in missing)
            {
                await ThrowWhenDataIsLockedAsync(config, host, name, cancellation);
                known[name] = RandomNumberGenerator.GetHexString(32, lowercase: true);
            }

            var next = JsonSerializer.Serialize(known, StoreJson.Default.DictionaryStringString);
            if (missing.Count == 0 || await store.CompareAndSwapAsync(FileName, text, next, cancellation))
            {
                return config.WithSecrets(known.ToDictionary(k => k.Key, k => new Secret(k.Value)));
            }
        }
    }

    private static Dictionary<string, string> Parse(string? text) =>
        text is null ? [] : JsonSerializer.Deserialize(text, StoreJson.Default.DictionaryStringString)!;

    /// <summary>A new password for data that an old one protects would only be noticed when the application cannot log in.</summary>
    private static async Task ThrowWhenDataIsLockedAsync(
        DeployConfig config,
        IHost host,
        string name,
        CancellationToken cancellation
    )
    {
        var locked = config.Accessories.Where(a => a.Env.Secret.Any(s => s.SecretName == name)).ToList();
        foreach (var volume in locked.SelectMany(AccessoryData.VolumesOf))
        {
            if (await host.Engine.HasVolumeAsync(volume, cancellation))
            {
                throw Locked(host, name, $"volume {volume}", $"docker volume rm {volume}");
            }
        }

        foreach (var folder in locked.SelectMany(a => AccessoryData.FoldersOf(a, host.DataFolder)))
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

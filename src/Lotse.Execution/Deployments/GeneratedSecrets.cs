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
            var known = text is null ? [] : JsonSerializer.Deserialize(text, StoreJson.Default.DictionaryStringString)!;
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

    /// <summary>A new password for data that an old one protects would only be noticed when the application cannot log in.</summary>
    private static async Task ThrowWhenDataIsLockedAsync(
        DeployConfig config,
        IHost host,
        string name,
        CancellationToken cancellation
    )
    {
        var volumes = config
            .Accessories.Where(a => a.Env.Secret.Any(s => s.SecretName == name))
            .SelectMany(a => a.Volumes)
            .Select(v => v.Split(':')[0])
            .Where(v => !v.Contains('/', StringComparison.Ordinal));
        foreach (var volume in volumes)
        {
            if (await host.Engine.HasVolumeAsync(volume, cancellation))
            {
                throw new UserException(
                    $"[{host.Name}] {name} would be generated anew, but volume {volume} holds data that was made with an earlier one, and {host.Store.Location}/{FileName} does not know it.",
                    $"Give the earlier one (`{name}=… ./build.sh …`), or bring that file back, or delete the data: `docker volume rm {volume}`."
                );
            }
        }
    }
}

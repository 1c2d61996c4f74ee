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

    public static async Task<DeployConfig> ResolveAsync(
        DeployConfig config,
        IHostStore store,
        CancellationToken cancellation
    )
    {
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
                known[name] = RandomNumberGenerator.GetHexString(32, lowercase: true);
            }

            var next = JsonSerializer.Serialize(known, StoreJson.Default.DictionaryStringString);
            if (missing.Count == 0 || await store.CompareAndSwapAsync(FileName, text, next, cancellation))
            {
                return config.WithSecrets(known.ToDictionary(k => k.Key, k => new Secret(k.Value)));
            }
        }
    }
}

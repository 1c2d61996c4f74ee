using Docker.DotNet;
using Docker.DotNet.Models;
using Lotse.Hosts.Images.StandIns;

namespace Lotse.Hosts.Images.Bases;

/// <summary>An image that the engine has.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Labels">Its labels.</param>
internal sealed record LocalImage(string Id, IReadOnlyDictionary<string, string> Labels)
{
    private static readonly string[] ProxyVariables = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"];

    public bool IsStandIn => Labels.ContainsKey(StandInRecipe.Label);

    public string? Fingerprint => Labels.GetValueOrDefault(StandInRecipe.FingerprintLabel);

    public string Ingredients => Labels.GetValueOrDefault(StandInRecipe.IngredientsLabel, "Debian packages");

    /// <summary>Null when the engine has no image of this name.</summary>
    public static async Task<LocalImage?> FindAsync(
        IDockerClient client,
        string reference,
        CancellationToken cancellation
    )
    {
        try
        {
            var image = await client.Images.InspectImageAsync(reference, cancellation);
            return new(image.ID, (image.Config?.Labels ?? new Dictionary<string, string>()).AsReadOnly());
        }
        catch (DockerImageNotFoundException)
        {
            return null;
        }
    }

    /// <summary>
    /// Whether the engine may reach registries that this machine cannot: through a proxy, or through mirrors of Docker Hub.
    /// </summary>
    public static bool HasOtherWays(SystemInfoResponse engine, Func<string, string?> variable) =>
        engine.HTTPProxy is { Length: > 0 }
        || engine.HTTPSProxy is { Length: > 0 }
        || engine.RegistryConfig?.Mirrors is { Count: > 0 }
        || ProxyVariables.Any(name => variable(name) is { Length: > 0 });
}

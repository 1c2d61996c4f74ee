namespace Lotse.Configuration;

/// <summary>A container registry and how to log in.</summary>
public sealed record RegistryConfig
{
    /// <summary>Docker Hub's name in references of images.</summary>
    public const string DockerHub = "docker.io";

    /// <summary>The server; null for Docker Hub.</summary>
    public string? Server { get; init; }

    /// <summary>The user; null only for a registry on this machine.</summary>
    public Credential? Username { get; init; }

    /// <summary>The password or token; null only for a registry on this machine.</summary>
    public Credential? Password { get; init; }

    /// <summary>Where the configuration names it, <c>file:line:column</c>; empty when it comes from no file.</summary>
    public string Place { get; init; } = "";

    /// <summary>Whether it is a registry on this machine: then the deployer's own is used.</summary>
    public bool IsLocal => Server is "localhost" || Server?.StartsWith("localhost:", StringComparison.Ordinal) == true;

    /// <summary>How references of images begin that lie there: <c>host[:port][/path]</c>.</summary>
    public string Address =>
        Server?.TrimEnd('/') switch
        {
            null or "index.docker.io" or "registry-1.docker.io" or "registry.hub.docker.com" => DockerHub,
            var other => other,
        };
}

namespace Lotse.Configuration;

/// <summary>A container registry and how to log in.</summary>
public sealed record RegistryConfig
{
    /// <summary>The server; null for Docker Hub.</summary>
    public string? Server { get; init; }

    /// <summary>The user; null for a registry without login.</summary>
    public Credential? Username { get; init; }

    /// <summary>The password or token; null for a registry without login.</summary>
    public Credential? Password { get; init; }

    /// <summary>Whether it is a registry on this machine.</summary>
    public bool IsLocal => Server is "localhost" || Server?.StartsWith("localhost:", StringComparison.Ordinal) == true;
}

using Lotse.Configuration;

namespace Lotse.Execution.Ports;

/// <summary>A registry and the login for it. It goes along with each request to an engine and is kept nowhere.</summary>
public sealed record RegistryLogin
{
    /// <summary>How references of images begin that lie there: <c>host[:port][/path]</c>, <c>docker.io</c> for Docker Hub.</summary>
    public required string Address { get; init; }

    /// <summary>The registry's server alone: <c>host[:port]</c>.</summary>
    public string Host => Address.Split('/')[0];

    /// <summary>The user.</summary>
    public required Secret User { get; init; }

    /// <summary>The password or token.</summary>
    public required Secret Password { get; init; }

    /// <summary>The user in words: a name that stands in the configuration as it is, else its secret's.</summary>
    public required string Who { get; init; }

    /// <summary>Where a person mends the login, in words.</summary>
    public required string Origin { get; init; }

    /// <summary>Whether it is Docker Hub, where an image's own name is its name on the registry.</summary>
    public bool IsDockerHub => Address == RegistryConfig.DockerHub;

    /// <summary>The login for the registry that the configuration names; null when the deployer's own is used.</summary>
    /// <exception cref="InvalidOperationException">A secret was not resolved before its use.</exception>
    public static RegistryLogin? Of(DeployConfig config) =>
        config.Registry is { IsLocal: false, Username: { } user, Password: { } password } registry
            ? new RegistryLogin
            {
                Address = registry.Address,
                User = config.SecretOf(user),
                Password = config.SecretOf(password),
                Who = user.Literal?.Unwrap() ?? $"the user in the secret {user.SecretName}",
                Origin = OriginOf(registry, password),
            }
            : null;

    private static string OriginOf(RegistryConfig registry, Credential password)
    {
        var secret = password.SecretName is { } name ? $" (the secret {name})" : "";
        var place = registry.Place.Length == 0 ? "" : $", {registry.Place}";
        return $"registry.username and registry.password{secret}{place}";
    }
}

/// <summary>What came of a login.</summary>
/// <param name="Outcome">The kind of answer.</param>
/// <param name="Evidence">The engine's own words; empty when it was accepted.</param>
public sealed record LoginAnswer(LoginOutcome Outcome, string Evidence);

/// <summary>Kinds of answers to a login.</summary>
public enum LoginOutcome
{
    /// <summary>The registry takes it.</summary>
    Accepted,

    /// <summary>The registry answers, and does not take it.</summary>
    Refused,

    /// <summary>Nobody knows the registry's name.</summary>
    NameUnknown,

    /// <summary>Nothing answers at the registry's address.</summary>
    OutOfReach,

    /// <summary>The registry's certificate is not trusted, or it speaks no TLS.</summary>
    Untrusted,

    /// <summary>It failed, and the engine's words are all there is to tell by.</summary>
    Unclear,
}

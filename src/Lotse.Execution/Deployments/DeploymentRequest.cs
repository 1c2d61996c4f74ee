using Lotse.Configuration;

namespace Lotse.Execution.Deployments;

/// <summary>What is to be deployed, by whom and from where.</summary>
public sealed record DeploymentRequest
{
    /// <summary>The configuration; generated secrets may still be open.</summary>
    public required DeployConfig Config { get; init; }

    /// <summary>The version.</summary>
    public required string Version { get; init; }

    /// <summary>The commit it is made from; null when not known.</summary>
    public string? Commit { get; init; }

    /// <summary>Who deploys: <c>user@machine</c>.</summary>
    public required string Performer { get; init; }

    /// <summary>The project's folder: the builder's context and the hooks are relative to it.</summary>
    public required string ProjectFolder { get; init; }

    /// <summary>Hosts that are left out of this run: the configuration names them as well.</summary>
    public IReadOnlyList<string> SkippedHosts { get; init; } = [];

    /// <summary>Whether the hook <c>pre-connect</c> has run for this command already.</summary>
    public bool IsApproached { get; init; }

    /// <summary>Whether to go back to a release that served before.</summary>
    public bool IsRollback { get; init; }
}

namespace Lotse.Planning;

/// <summary>One version of a service that is to serve, or that has served.</summary>
public sealed record Release
{
    /// <summary>The version as a person names it; also the image tag and part of the container name.</summary>
    public required string Version { get; init; }

    /// <summary>What a host pulls from the registry, without its address: <c>repository@sha256:…</c>. Null before the image was pushed, or when it is not needed.</summary>
    public string? PullReference { get; init; }

    /// <summary>The name under which the image stands on every host after the pull: <c>image:version</c>.</summary>
    public required string ImageName { get; init; }
}

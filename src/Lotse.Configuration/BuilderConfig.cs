using System.Collections.Immutable;

namespace Lotse.Configuration;

/// <summary>How the image is built.</summary>
public sealed record BuilderConfig
{
    /// <summary>The build context, relative to the project's folder; null when the file does not say.</summary>
    public string? Context { get; init; }

    /// <summary>The Dockerfile, relative to the project's folder; default <c>Dockerfile</c>.</summary>
    public string Dockerfile { get; init; } = "Dockerfile";

    /// <summary>The stage to build; null for the last one.</summary>
    public string? Target { get; init; }

    /// <summary>Build arguments.</summary>
    public ImmutableSortedDictionary<string, string> Args { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>The names of secrets that the build may read.</summary>
    public ImmutableArray<string> Secrets { get; init; } = [];

    /// <summary>The architectures, <c>amd64</c> or <c>arm64</c>; empty for this machine's.</summary>
    public ImmutableArray<string> Arch { get; init; } = [];

    /// <summary>A remote builder's address; null for none.</summary>
    public string? Remote { get; init; }

    /// <summary>Whether this machine builds what it can; default true.</summary>
    public bool Local { get; init; } = true;

    /// <summary>The build driver, as buildx calls it; null for the default.</summary>
    public string? Driver { get; init; }

    /// <summary>The build cache; null for the builder's own.</summary>
    public BuilderCacheConfig? Cache { get; init; }

    /// <summary>A buildpack build instead of a Dockerfile; null for none.</summary>
    public BuilderPackConfig? Pack { get; init; }

    /// <summary>The SSH agent or keys that the build may use; null for none.</summary>
    public string? Ssh { get; init; }

    /// <summary>Provenance attestation, as buildx takes it; null for the default.</summary>
    public string? Provenance { get; init; }

    /// <summary>Bill of materials, as buildx takes it; null for the default.</summary>
    public string? Sbom { get; init; }
}

/// <summary>Where layers of earlier builds are found.</summary>
/// <param name="Type"><c>gha</c> or <c>registry</c>.</param>
/// <param name="Options">Options as buildx takes them; null for none.</param>
/// <param name="Image">The cache image of a registry cache; null for <c>image-build-cache</c>.</param>
public sealed record BuilderCacheConfig(string Type, string? Options, string? Image);

/// <summary>A buildpack build.</summary>
/// <param name="Builder">The builder image.</param>
/// <param name="Buildpacks">The buildpacks, in order.</param>
public sealed record BuilderPackConfig(string? Builder, ImmutableArray<string> Buildpacks);

using System.Text.Json;

namespace Lotse.Registry.Manifests;

/// <summary>What a manifest or index says, as far as a registry needs to know.</summary>
internal sealed record ManifestDocument
{
    public required string MediaType { get; init; }

    public Descriptor? Config { get; init; }

    public IReadOnlyList<Descriptor> Layers { get; init; } = [];

    /// <summary>The manifests of an index.</summary>
    public IReadOnlyList<Descriptor> Children { get; init; } = [];

    public Digest? Subject { get; init; }

    public string? ArtifactType { get; init; }

    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>Configuration and layers.</summary>
    public IEnumerable<Descriptor> Content => Config is null ? Layers : Layers.Prepend(Config);

    /// <summary>The part of <see cref="Content"/> that must be in the store.</summary>
    public IEnumerable<Descriptor> RequiredContent => Content.Where(item => !MediaTypes.IsForeignLayer(item.MediaType));

    /// <summary>Reads a manifest.</summary>
    /// <param name="content">The bytes as pushed.</param>
    /// <param name="declaredType">The media type of the request; empty takes the one in the document.</param>
    /// <exception cref="RegistryException"><see cref="RegistryFault.ManifestInvalid"/>, with the place.</exception>
    public static ManifestDocument Parse(ReadOnlyMemory<byte> content, string declaredType)
    {
        try
        {
            using var json = JsonDocument.Parse(content);
            return ManifestReader.Read(json.RootElement, declaredType);
        }
        catch (JsonException error)
        {
            throw new RegistryException(
                RegistryFault.ManifestInvalid,
                $"The manifest is not JSON: line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}.",
                error
            );
        }
    }
}

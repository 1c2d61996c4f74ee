using System.Text.Json;

namespace Lotse.Registry.Manifests;

/// <summary>Reads manifests from JSON (OCI image spec: manifest.md, image-index.md, descriptor.md).</summary>
internal static class ManifestReader
{
    public static ManifestDocument Read(JsonElement root, string declaredType)
    {
        Demand(root.ValueKind == JsonValueKind.Object, "it is not a JSON object");
        var mediaType = MediaTypeOf(root, declaredType);
        Demand(
            root.TryGetProperty("schemaVersion", out var version)
                && version.ValueKind == JsonValueKind.Number
                && version.TryGetInt32(out var number)
                && number == 2,
            "schemaVersion is not 2"
        );
        var document = new ManifestDocument
        {
            MediaType = mediaType,
            Subject = root.TryGetProperty("subject", out var subject)
                ? ReadDescriptor(subject, "subject").Digest
                : null,
            ArtifactType = Text(root, "artifactType"),
            Annotations = Strings(root, "annotations"),
        };
        return MediaTypes.IsIndex(mediaType)
            ? document with
            {
                Children = List(root, "manifests"),
            }
            : document with
            {
                Config = ReadDescriptor(Member(root, "config"), "config"),
                Layers = List(root, "layers"),
            };
    }

    private static string MediaTypeOf(JsonElement root, string declaredType)
    {
        var written = Text(root, "mediaType");
        var mediaType = declaredType.Length > 0 ? declaredType : written ?? "";
        Demand(
            MediaTypes.IsManifest(mediaType),
            $"its media type '{mediaType}' is none of the image manifests and indexes of OCI and Docker schema 2"
        );
        Demand(
            written is null || written == mediaType,
            $"its mediaType '{written}' differs from the Content-Type '{mediaType}' it was sent with"
        );
        return mediaType;
    }

    private static List<Descriptor> List(JsonElement root, string name)
    {
        var list = Member(root, name);
        Demand(list.ValueKind == JsonValueKind.Array, $"{name} is not a list");
        return [.. list.EnumerateArray().Select((item, index) => ReadDescriptor(item, $"{name}[{index}]"))];
    }

    private static Descriptor ReadDescriptor(JsonElement json, string path)
    {
        Demand(json.ValueKind == JsonValueKind.Object, $"{path} is not a descriptor");
        var mediaType = Text(json, "mediaType");
        Demand(!string.IsNullOrEmpty(mediaType), $"{path}.mediaType is missing");
        Demand(Digest.TryParse(Text(json, "digest"), out var digest), $"{path}.digest is not a sha256 digest");
        var size = 0L;
        Demand(
            json.TryGetProperty("size", out var sizeJson)
                && sizeJson.ValueKind == JsonValueKind.Number
                && sizeJson.TryGetInt64(out size)
                && size >= 0,
            $"{path}.size is not a number of bytes"
        );
        return new Descriptor(mediaType!, digest!, size) { IsForNoPlatform = IsForNoPlatform(json) };
    }

    private static bool IsForNoPlatform(JsonElement descriptor) =>
        descriptor.TryGetProperty("platform", out var platform)
        && platform.ValueKind == JsonValueKind.Object
        && Text(platform, "os") == "unknown"
        && Text(platform, "architecture") == "unknown";

    private static JsonElement Member(JsonElement json, string name)
    {
        Demand(json.TryGetProperty(name, out var member), $"{name} is missing");
        return member;
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String
            ? member.GetString()
            : null;

    private static Dictionary<string, string> Strings(JsonElement json, string name) =>
        json.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.Object
            ? member
                .EnumerateObject()
                .Where(pair => pair.Value.ValueKind == JsonValueKind.String)
                .DistinctBy(pair => pair.Name)
                .ToDictionary(pair => pair.Name, pair => pair.Value.GetString()!)
            : [];

    private static void Demand(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new RegistryException(RegistryFault.ManifestInvalid, $"The manifest is not valid: {otherwise}.");
        }
    }
}

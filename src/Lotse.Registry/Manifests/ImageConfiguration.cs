using System.Text.Json;

namespace Lotse.Registry.Manifests;

/// <summary>Reads an image's configuration, as far as archives need it (OCI image spec, config.md).</summary>
internal static class ImageConfiguration
{
    /// <summary>The digests of the unpacked layers, lowest first; none where the configuration names none.</summary>
    public static IReadOnlyList<string> ReadDiffIds(ReadOnlyMemory<byte> configuration)
    {
        try
        {
            using var json = JsonDocument.Parse(configuration);
            return
                json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("rootfs", out var rootFs)
                && rootFs.ValueKind == JsonValueKind.Object
                && rootFs.TryGetProperty("diff_ids", out var list)
                && list.ValueKind == JsonValueKind.Array
                ? [.. list.EnumerateArray().Select(id => id.ValueKind == JsonValueKind.String ? id.GetString()! : "")]
                : [];
        }
        catch (JsonException)
        {
            // Artifacts may carry any bytes as their configuration.
            return [];
        }
    }
}

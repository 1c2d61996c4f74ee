using System.Collections.Immutable;
using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Lotse.Hosts.Images.StandIns;

/// <summary>What an image does when it is run, and its labels.</summary>
internal sealed record ImageSettings
{
    public ImmutableArray<string> Environment { get; init; } = [];

    public ImmutableArray<string> Entrypoint { get; init; } = [];

    public ImmutableArray<string> Command { get; init; } = [];

    public ImmutableArray<string> Ports { get; init; } = [];

    public ImmutableArray<string> Volumes { get; init; } = [];

    public string? StopSignal { get; init; }

    public ImmutableSortedDictionary<string, string> Labels { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty;
}

/// <summary>A finished layer.</summary>
/// <param name="Path">The tar archive.</param>
/// <param name="Digest">Its SHA-256, <c>sha256:…</c>.</param>
/// <param name="Comment">What is in it, for the image's history.</param>
internal sealed record ImageLayer(string Path, string Digest, string Comment);

/// <summary>
/// Writes an image as <c>docker load</c> takes it: manifest, configuration, layers. The id of what is loaded depends on the
/// content alone, which an import or a build would not give: they put the time into it. Format: the image specification v1.2,
/// https://github.com/moby/docker-image-spec.
/// </summary>
internal static class ImageArchive
{
    public static async Task WriteAsync(
        Stream output,
        string reference,
        string architecture,
        ImageSettings settings,
        ImmutableArray<ImageLayer> layers,
        CancellationToken cancellation
    )
    {
        var config = Configuration(architecture, settings, layers);
        var configName = Convert.ToHexStringLower(SHA256.HashData(config)) + ".json";
        await using var writer = new TarWriter(output, TarEntryFormat.Gnu, leaveOpen: true);
        await AddAsync(writer, configName, new MemoryStream(config), cancellation);
        foreach (var layer in layers)
        {
            await AddAsync(writer, LayerName(layer), File.OpenRead(layer.Path), cancellation);
        }

        var manifest = new JsonArray(
            new JsonObject
            {
                ["Config"] = configName,
                ["RepoTags"] = Array([reference]),
                ["Layers"] = Array(layers.Select(LayerName)),
            }
        );
        var bytes = JsonSerializer.SerializeToUtf8Bytes(manifest);
        await AddAsync(writer, "manifest.json", new MemoryStream(bytes), cancellation);
    }

    private static string LayerName(ImageLayer layer) => $"{layer.Digest["sha256:".Length..]}/layer.tar";

    private static async Task AddAsync(TarWriter writer, string name, Stream data, CancellationToken cancellation)
    {
        await using (data)
        {
            var entry = new GnuTarEntry(TarEntryType.RegularFile, name)
            {
                Mode = LayerFile.Mode("0644"),
                ModificationTime = LayerFile.Clock,
                DataStream = data,
            };
            await writer.WriteEntryAsync(entry, cancellation);
        }
    }

    private static byte[] Configuration(string architecture, ImageSettings settings, ImmutableArray<ImageLayer> layers)
    {
        var created = LayerFile.Clock.ToString(
            "yyyy-MM-ddTHH:mm:ssZ",
            System.Globalization.CultureInfo.InvariantCulture
        );
        var history = layers.Select(layer => new JsonObject { ["created"] = created, ["created_by"] = layer.Comment });
        var root = new JsonObject
        {
            ["architecture"] = architecture,
            ["os"] = "linux",
            ["created"] = created,
            ["config"] = Settings(settings),
            ["rootfs"] = new JsonObject
            {
                ["type"] = "layers",
                ["diff_ids"] = Array(layers.Select(layer => layer.Digest)),
            },
            ["history"] = new JsonArray([.. history]),
        };
        return JsonSerializer.SerializeToUtf8Bytes(root);
    }

    private static JsonObject Settings(ImageSettings settings)
    {
        var config = new JsonObject { ["Env"] = Array(settings.Environment) };
        AddList(config, "Entrypoint", settings.Entrypoint);
        AddList(config, "Cmd", settings.Command);
        AddSet(config, "ExposedPorts", settings.Ports);
        AddSet(config, "Volumes", settings.Volumes);
        config["Labels"] = new JsonObject(settings.Labels.Select(l => KeyValuePair.Create(l.Key, (JsonNode?)l.Value)));
        if (settings.StopSignal is not null)
        {
            config["StopSignal"] = settings.StopSignal;
        }

        return config;
    }

    private static void AddList(JsonObject config, string name, ImmutableArray<string> values)
    {
        if (values.Length > 0)
        {
            config[name] = Array(values);
        }
    }

    private static void AddSet(JsonObject config, string name, ImmutableArray<string> values)
    {
        if (values.Length > 0)
        {
            config[name] = new JsonObject(values.Select(v => KeyValuePair.Create(v, (JsonNode?)new JsonObject())));
        }
    }

    private static JsonArray Array(IEnumerable<string> values) => [.. values.Select(value => (JsonNode?)value)];
}

using System.Text.Json;
using Nuke.Common.Execution;
using Nuke.Common.IO;

namespace Nuke.Common.Parameters;

/// <summary>
/// Values from <c>.nuke/parameters.json</c> and the files of the chosen profiles; the last profile wins.
/// </summary>
internal sealed class ParameterFiles
{
    private readonly List<Dictionary<string, JsonElement>> layers = [];

    public ParameterFiles(AbsolutePath nukeDirectory, IEnumerable<string> profiles)
    {
        var defaults = nukeDirectory / "parameters.json";
        if (File.Exists(defaults))
            layers.Add(Read(defaults));

        foreach (var profile in profiles)
            layers.Add(Read(nukeDirectory / $"parameters.{profile}.json"));
    }

    /// <summary>The values of a parameter as text, or null where no file names it.</summary>
    /// <exception cref="FormatException">The value is no text, number, truth value or array of these.</exception>
    public string[]? Find(string parameter)
    {
        for (var index = layers.Count - 1; index >= 0; index--)
        {
            if (layers[index].TryGetValue(parameter, out var value))
                return value.ValueKind == JsonValueKind.Null ? null : Texts(value);
        }

        return null;
    }

    private static string[] Texts(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(Text)] : [Text(value)];

    private static string Text(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
            _ => throw new FormatException($"A value of kind {value.ValueKind} cannot be a parameter"),
        };

    private static Dictionary<string, JsonElement> Read(AbsolutePath file)
    {
        if (!File.Exists(file))
            throw new BuildException($"File '{file}' does not exist. --profile NAME reads .nuke/parameters.NAME.json.");

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            var values = new Dictionary<string, JsonElement>(StringComparer.OrdinalIgnoreCase);
            foreach (var property in document.RootElement.EnumerateObject())
                values[property.Name] = property.Value.Clone();
            return values;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new BuildException($"File '{file}' must hold one JSON object: {exception.Message}");
        }
    }
}

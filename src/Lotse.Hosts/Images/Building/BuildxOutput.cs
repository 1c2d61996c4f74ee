using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Lotse.Execution.Ports;
using Lotse.Hosts.Images.Dockerfiles;
using Lotse.Hosts.Local;

namespace Lotse.Hosts.Images.Building;

/// <summary>
/// Follows buildx's <c>--progress rawjson</c>: BuildKit's SolveStatus records, one JSON value after the other (each on one line or
/// on several, by version), and a plain line in the end when the build failed.
/// </summary>
internal sealed partial class BuildxOutput(Dockerfile dockerfile, IProgress<BuildProgress>? progress)
{
    private readonly StringBuilder _record = new();
    private readonly Dictionary<string, Vertex> _vertices = [];
    private readonly LineTail _plain = new(5);
    private int _steps;
    private BuilderError? _error;

    /// <summary>Whether BuildKit has told of anything at all.</summary>
    public bool Began => _vertices.Count > 0;

    /// <summary>The failure: the first step that failed, or what the program said when no step did.</summary>
    public BuilderError Error => _error ?? new() { Message = string.Join(' ', _plain.Lines) };

    /// <summary>Takes one line of the program's output.</summary>
    public void Take(string line)
    {
        if (_record.Length == 0 && !line.StartsWith('{'))
        {
            _plain.Add(line);
            return;
        }

        _record.Append(line).Append('\n');
        if (line.EndsWith('}') && (_record.Length == line.Length + 1 || line == "}"))
        {
            using var record = TryParse(_record.ToString());
            if (record is not null)
            {
                _record.Clear();
                Take(record.RootElement);
            }
        }
    }

    private static JsonDocument? TryParse(string text)
    {
        try
        {
            return JsonDocument.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void Take(JsonElement status)
    {
        foreach (var vertex in Items(status, "vertexes"))
        {
            TakeVertex(vertex);
        }

        foreach (var log in Items(status, "logs"))
        {
            if (_vertices.TryGetValue(Text(log, "vertex") ?? "", out var vertex))
            {
                TakeLog(vertex, log.GetProperty("data").GetBytesFromBase64());
            }
        }
    }

    private void TakeVertex(JsonElement json)
    {
        var digest = Text(json, "digest") ?? "";
        if (!_vertices.TryGetValue(digest, out var vertex))
        {
            var name = VertexName.Parse(Text(json, "name") ?? "");
            _vertices[digest] = vertex = new(name, name.IsStep ? ++_steps : 0);
        }

        if (Text(json, "started") is not null && !vertex.Told && vertex.Name.IsStep)
        {
            vertex.Told = true;
            var cached = json.TryGetProperty("cached", out var flag) && flag.GetBoolean();
            progress?.Report(Progress(vertex, vertex.Name.Instruction) with { Cached = cached });
        }

        if (Text(json, "error") is { Length: > 0 } error)
        {
            _error ??= ToError(vertex, error);
        }
    }

    private void TakeLog(Vertex vertex, byte[] data)
    {
        vertex.Partial.Append(Encoding.UTF8.GetString(data));
        var lines = vertex.Partial.ToString().Split('\n');
        vertex.Partial.Clear().Append(lines[^1]);
        foreach (var line in lines[..^1].Select(l => l.TrimEnd('\r')))
        {
            vertex.Tail.Add(line);
            progress?.Report(Progress(vertex, line) with { IsOutput = true });
        }
    }

    private BuildProgress Progress(Vertex vertex, string message) =>
        new()
        {
            Step = vertex.Step,
            Steps = _steps,
            Message = message,
        };

    private BuilderError ToError(Vertex vertex, string message)
    {
        if (vertex.Partial.Length > 0)
        {
            vertex.Tail.Add(vertex.Partial.ToString());
        }

        // BuildKit carries the code nowhere but at the end of its sentence.
        var code = ExitCode().Match(message);
        return new()
        {
            Message = message.Trim(),
            Step = vertex.Step,
            Steps = _steps,
            Instruction = vertex.Name.Find(dockerfile),
            ExitCode = code.Success
                ? int.Parse(code.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture)
                : null,
            Output = vertex.Tail.Lines,
        };
    }

    private static JsonElement.ArrayEnumerator Items(JsonElement json, string name) =>
        json.TryGetProperty(name, out var items) && items.ValueKind == JsonValueKind.Array
            ? items.EnumerateArray()
            : default;

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) ? value.GetString() : null;

    private sealed class Vertex(VertexName name, int step)
    {
        public VertexName Name { get; } = name;

        public int Step { get; } = step;

        public LineTail Tail { get; } = new(20);

        public StringBuilder Partial { get; } = new();

        public bool Told { get; set; }
    }

    [GeneratedRegex(@"exit code: (\d+)$")]
    private static partial Regex ExitCode();
}

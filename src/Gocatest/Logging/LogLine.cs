using System.Text.Json.Serialization;

namespace Gocatest.Logging;

/// <summary>One line of the log. What does not apply is left out.</summary>
internal sealed record LogLine
{
    /// <summary>UTC, ISO 8601 with milliseconds.</summary>
    public string Time { get; init; } = "";

    public required string Level { get; init; }

    public required string Event { get; init; }

    public string? Message { get; init; }

    /// <summary>Which port was asked: frontend or backend.</summary>
    public string? Listener { get; init; }

    public string? Method { get; init; }

    /// <summary>Without the query.</summary>
    public string? Path { get; init; }

    public int? Status { get; init; }

    /// <summary>Milliseconds from the first byte read to the answer's end.</summary>
    public double? Duration { get; init; }

    /// <summary>The visitor's address, as the nearest proxy states it.</summary>
    public string? Client { get; init; }

    public string? RequestId { get; init; }

    public int? FrontendPort { get; init; }

    public int? BackendPort { get; init; }

    public string? Version { get; init; }

    public string? Host { get; init; }

    /// <summary>For faults of ours: type, message and stack.</summary>
    public string? Error { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(LogLine))]
internal sealed partial class LogJson : JsonSerializerContext;

using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lotse.TestRuns;

/// <summary>
/// A message of a test program that runs with <c>-automated</c>: one JSON object a line (xunit.v3 4.0.2, in-process console runner). Only what is used here.
/// </summary>
internal sealed record XunitMessage
{
    [JsonPropertyName("$type")]
    public string Type { get; init; } = "";

    [JsonPropertyName("TestUniqueID")]
    public string? Test { get; init; }

    [JsonPropertyName("TestClassUniqueID")]
    public string? Class { get; init; }

    public string? TestDisplayName { get; init; }

    public string? TestClassName { get; init; }

    public DateTimeOffset? StartTime { get; init; }

    public DateTimeOffset? FinishTime { get; init; }

    /// <summary>How many seconds a test took, without the time in which it waited for its turn.</summary>
    public double? ExecutionTime { get; init; }

    /// <summary>What the test wrote.</summary>
    public string? Output { get; init; }

    /// <summary>Why it was skipped.</summary>
    public string? Reason { get; init; }

    /// <summary>The text of a diagnostic message.</summary>
    public string? Message { get; init; }

    public IReadOnlyList<string> ExceptionTypes { get; init; } = [];

    /// <summary>The exception's message, and those of the exceptions inside it.</summary>
    public IReadOnlyList<string> Messages { get; init; } = [];

    public IReadOnlyList<string?> StackTraces { get; init; } = [];

    /// <summary>Whether something went wrong outside of any test: in a fixture, or in the runner.</summary>
    public bool IsFailureOutsideTests => Messages.Count > 0 && Type != "test-failed";

    /// <summary>The exception with those inside it, as a person reads it.</summary>
    public string Failure
    {
        get
        {
            var all = Messages.Select((message, index) => $"{ShortName(index)}: {message.TrimEnd()}");
            var trace = StackTraces.Count > 0 ? StackTraces[0]?.TrimEnd() : null;
            return string.Join("\n---- ", all) + (trace is null ? "" : $"\n{trace}");
        }
    }

    /// <summary>Reads the message that a line holds; null for any other line, such as one that a test prints to the console.</summary>
    public static XunitMessage? Parse(string line)
    {
        if (!line.StartsWith('{'))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<XunitMessage>(line) is { Type.Length: > 0 } message ? message : null;
        }
        catch (JsonException)
        {
            // A test printed something that begins like one.
            return null;
        }
    }

    private string ShortName(int index)
    {
        var name = index < ExceptionTypes.Count ? ExceptionTypes[index] ?? "" : "";
        return name[(name.LastIndexOf('.') + 1)..];
    }
}

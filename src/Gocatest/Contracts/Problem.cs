namespace Gocatest.Contracts;

/// <summary>A refusal or failure, as RFC 9457 has it.</summary>
internal sealed record Problem
{
    public const string ContentType = "application/problem+json";

    public string Type { get; init; } = "about:blank";

    public required string Title { get; init; }

    public required int Status { get; init; }

    public string? Detail { get; init; }

    /// <summary>By field: what is wrong with it.</summary>
    public SortedDictionary<string, string[]>? Errors { get; init; }
}

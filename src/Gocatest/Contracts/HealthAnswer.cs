namespace Gocatest.Contracts;

/// <summary>How a part is, and the parts that it needs.</summary>
internal sealed record HealthAnswer
{
    public const string Healthy = "healthy";
    public const string Unhealthy = "unhealthy";

    public required string Status { get; init; }

    public string? Version { get; init; }

    public string? Host { get; init; }

    /// <summary>For the unhealthy: what is wrong.</summary>
    public string? Reason { get; init; }

    /// <summary>The frontend's: what the backend says of itself.</summary>
    public HealthAnswer? Backend { get; init; }

    /// <summary>The backend's: whether the database answers.</summary>
    public HealthAnswer? Database { get; init; }
}

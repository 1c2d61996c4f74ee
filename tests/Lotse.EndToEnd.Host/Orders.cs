namespace Lotse.EndToEnd.Host;

/// <summary>What a deployer in a process of its own is to do.</summary>
public sealed record Orders
{
    /// <summary>Where.</summary>
    public required WorldSpec World { get; init; }

    /// <summary>What it deploys.</summary>
    public required ReleaseSpec Release { get; init; }

    /// <summary>The moment at which it dies; null: at none.</summary>
    public string? Death { get; init; }

    /// <summary>The moment at which it sleeps: until it is stopped and continued, and its clock is a lease's lifetime further then; null: at none.</summary>
    public string? Sleep { get; init; }

    /// <summary>The moment at which a command to a proxy fails; null: at none.</summary>
    public string? Fault { get; init; }
}

namespace Lotse.Configuration;

/// <summary>
/// How a new release is watched once it has the traffic: while it is, the old one stays ready, and a release that turns bad is switched back.
/// </summary>
public sealed record BakeConfig
{
    /// <summary>How long it is watched; default 2 s, 0 for not at all.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The share of answers with a status of 5xx, in percent, from which on a release is bad; default 20.</summary>
    public int ErrorPercent { get; init; } = 20;

    /// <summary>The number of answers below which their share says nothing; default 20.</summary>
    public int MinimumRequests { get; init; } = 20;
}

using System.Text.RegularExpressions;

namespace Lotse.Execution.Deployments;

/// <summary>Which lines of the application's log are wanted.</summary>
public sealed record LogRequest
{
    /// <summary>At most so many of each container's last lines; default 100.</summary>
    public int Lines { get; init; } = 100;

    /// <summary>Whether it goes on as lines are written.</summary>
    public bool Follow { get; init; }

    /// <summary>Lines written at that time or later; null for all.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The release whose containers are read, running or kept; null for those that run.</summary>
    public string? Release { get; init; }

    /// <summary>The accessory whose containers are read instead of the application's; null for the application's.</summary>
    public string? Accessory { get; init; }

    /// <summary>What a line must match; null for any.</summary>
    public Regex? Grep { get; init; }

    /// <summary>Whether a line matches.</summary>
    public bool IsWanted(string line) => Grep?.IsMatch(line) ?? true;
}

using Lotse.Configuration;
using Lotse.Planning.Observed;

namespace Lotse.Planning;

/// <summary>What a plan is made from.</summary>
public sealed record PlanRequest
{
    /// <summary>The configuration, with its secrets.</summary>
    public required DeployConfig Config { get; init; }

    /// <summary>What the hosts report.</summary>
    public required ObservedFleet Fleet { get; init; }

    /// <summary>The release that is to serve.</summary>
    public required Release Release { get; init; }

    /// <summary>The rollout's id: eight hex digits or more.</summary>
    public required string Rollout { get; init; }

    /// <summary>The edge proxy's image on the hosts.</summary>
    public required string ProxyImage { get; init; }

    /// <summary>Whether this goes back to a release that served before: its container serves as it was then.</summary>
    public bool IsRollback { get; init; }

    /// <summary>The names of what the machine's services share.</summary>
    public MachineNames Machine { get; init; } = MachineNames.Default;
}

using Lotse.Configuration;

namespace Lotse.Execution.Rollouts;

/// <summary>What a rollout takes from the configuration, beside the plan.</summary>
public sealed record RolloutOptions
{
    /// <summary>How long a container that is taken down again may take to end.</summary>
    public required TimeSpan StopGrace { get; init; }

    /// <summary>The role that starts first.</summary>
    public required string PrimaryRole { get; init; }

    /// <summary>How many hosts start at a time.</summary>
    public BootConfig Boot { get; init; } = new();

    /// <summary>How the new release is watched once it has the traffic.</summary>
    public BakeConfig Bake { get; init; } = new();

    /// <summary>Those of a configuration.</summary>
    public static RolloutOptions Of(DeployConfig config) =>
        new()
        {
            StopGrace = config.DrainTimeout,
            PrimaryRole = config.PrimaryRole,
            Boot = config.Boot,
            Bake = config.Bake,
        };
}

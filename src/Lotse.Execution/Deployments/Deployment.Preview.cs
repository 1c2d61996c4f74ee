using System.Collections.Immutable;
using Lotse.Execution.Hooks;
using Lotse.Execution.Ports;

namespace Lotse.Execution.Deployments;

public sealed partial class Deployment
{
    /// <summary>
    /// Looks as a deploy does, and changes nothing: secrets are not generated, leases not taken, and what a deploy would be refused for stands beside the plan. The
    /// hook <c>pre-connect</c> runs, since hosts may not be reached without it.
    /// </summary>
    /// <exception cref="UserException">Some hosts cannot be asked.</exception>
    public async Task<Forecast> ForeseeAsync(CancellationToken cancellation)
    {
        services.Mask.Learn(config);
        await Hooks.RunAsync(HookNames.PreConnect, HostSet.NamesOf(config), cancellation);
        hosts = await HostSet.ConnectAsync(config, services.Hosts, services.Time, cancellation);
        await SeeAsync(cancellation);
        (config, var missing) = await GeneratedSecrets.ForeseeAsync(config, hosts, cancellation);
        services.Mask.Learn(config);
        var found = new Preflight(PlanFor(null), fleet!);
        var checks = new PreflightChecks(config, services);
        var problems = found.IsUpToDate
            ? []
            : await checks.FindAsync(hosts, fleet!, leasesSeen, found.Plan, cancellation);
        return new Forecast
        {
            // With an image to pull, for the steps that bring it.
            Found = found.NeedsImage ? found with { Plan = PlanFor(ImageName) } : found,
            Image = found.NeedsImage ? ForeseeImage() : [],
            Problems = [.. problems],
            MissingSecrets = [.. missing],
        };
    }

    private ImmutableArray<string> ForeseeImage()
    {
        var registry = RegistryLogin.Of(config)?.Address ?? "the embedded registry";
        return
        [
            $"build {ImageName} from {config.Builder.Dockerfile} on this machine's engine",
            $"push {ImageName} to {registry}",
        ];
    }
}

/// <summary>What a deploy would do now.</summary>
public sealed record Forecast
{
    /// <summary>What was found, and the plan.</summary>
    public required Preflight Found { get; init; }

    /// <summary>What is done on this machine first to have an image; empty when none is needed.</summary>
    public ImmutableArray<string> Image { get; init; } = [];

    /// <summary>Why a deploy would be refused now: a held lease, a full disk.</summary>
    public ImmutableArray<string> Problems { get; init; } = [];

    /// <summary>The names of secrets that the deploy would generate.</summary>
    public ImmutableArray<string> MissingSecrets { get; init; } = [];
}

using Lotse.Configuration;
using Lotse.Execution.Leases;
using Lotse.Execution.Ports;
using Lotse.Execution.Reporting;
using Lotse.Planning;
using Lotse.Planning.Observed;
using Lotse.Planning.Planners;
using Lotse.Planning.Steps;

namespace Lotse.Execution.Deployments;

/// <summary>What can be seen to go wrong later, on all hosts, before anything is done.</summary>
internal sealed class PreflightChecks(DeployConfig config, DeploymentServices services)
{
    public async Task RunAsync(
        IReadOnlyList<IHost> hosts,
        ObservedFleet fleet,
        IReadOnlyDictionary<string, LeaseSight> leases,
        Plan plan,
        CancellationToken cancellation
    )
    {
        var all = await FindAsync(hosts, fleet, leases, plan, cancellation);
        if (all.Count > 0)
        {
            throw new UserException(
                $"{all.Count} problem(s), found before anything was changed:\n{string.Join('\n', all.Select(p => $"  - {p}"))}",
                "Mend them and run the same command again."
            )
            {
                IsMisuse = false,
            };
        }
    }

    /// <summary>All that is wrong, each naming its host.</summary>
    public async Task<IReadOnlyList<string>> FindAsync(
        IReadOnlyList<IHost> hosts,
        ObservedFleet fleet,
        IReadOnlyDictionary<string, LeaseSight> leases,
        Plan plan,
        CancellationToken cancellation
    )
    {
        var asking = CheckRegistryAsync(hosts, fleet, plan, cancellation);
        var problems = await Task.WhenAll(
            hosts.Select(h => CheckAsync(h, fleet[h.Name], leases[h.Name], plan, cancellation))
        );
        return [.. problems.SelectMany(p => p), .. await asking];
    }

    /// <summary>Tries the login for the registry that the configuration names, when the image is to go through it.</summary>
    private async Task<IReadOnlyList<string>> CheckRegistryAsync(
        IReadOnlyList<IHost> hosts,
        ObservedFleet fleet,
        Plan plan,
        CancellationToken cancellation
    )
    {
        if (!new Preflight(plan, fleet).NeedsImage || RegistryLogin.Of(config) is not { } login)
        {
            return [];
        }

        var builder = await services.BuildEngine(cancellation);
        var pulling = hosts.Where(h => plan[PlanPhase.Stage].Any(s => s is CreateContainer && s.Host == h.Name));
        return await new RegistryAccess(login, services.Time).FindProblemsAsync(builder, pulling, cancellation);
    }

    private async Task<List<string>> CheckAsync(
        IHost host,
        ObservedHost observed,
        LeaseSight lease,
        Plan plan,
        CancellationToken cancellation
    )
    {
        var problems = new List<string>();
        if (lease.Holder is { } held)
        {
            problems.Add(new LeaseHeldException(host.Name, held).Message.ReplaceLineEndings("\n    "));
        }

        if (EngineRule.Judge(observed.EngineVersion) is { } tooOld)
        {
            problems.Add($"[{host.Name}] {tooOld}");
        }

        if (JudgeClock(host) is { } clock)
        {
            problems.Add($"[{host.Name}] {clock}");
        }

        problems.AddRange(await PortRule.FindProblemsAsync(host, observed, plan, cancellation));

        if (await JudgeDiskAsync(host, observed, cancellation) is { } full)
        {
            problems.Add($"[{host.Name}] {full}");
        }

        return problems;
    }

    /// <summary>The problem. The image is not built yet: one that takes as much as the one that serves may share layers with it, so it is only warned of.</summary>
    private async Task<string?> JudgeDiskAsync(IHost host, ObservedHost observed, CancellationToken cancellation)
    {
        if (await host.GetDiskAsync(observed.EngineFolder, isAskedAnew: false, cancellation) is not { } disk)
        {
            return null;
        }

        var serving = config.Roles.Select(r => Serving.ContainerOf(config, observed, r)?.Image).OfType<string>();
        var bytes = serving.Select(i => observed.ImageBytes.GetValueOrDefault(i)).Append(0).Max();
        if (RoomRule.Judge(disk) is { } problem)
        {
            return problem;
        }

        if (disk.FreeBytes < bytes)
        {
            var text =
                $"{RoomRule.Text(disk)}, and the release that serves takes {RoomRule.Size(bytes)}: one with all its layers anew may not fit.";
            services.Observer.Report(new Warning(host.Name, text));
        }

        return null;
    }

    /// <summary>The problem; a clock that is wrong by less is warned of.</summary>
    private string? JudgeClock(IHost host)
    {
        var verdict = ClockRule.Judge(host.Name, host.ClockAhead);
        if (verdict is { IsRefused: false })
        {
            services.Observer.Report(new Warning(host.Name, verdict.Text));
        }

        return verdict is { IsRefused: true } ? verdict.Text : null;
    }
}

using System.Collections.Immutable;
using Lotse.Configuration;
using Lotse.Execution.Hooks;
using Lotse.Execution.Journals;
using Lotse.Execution.Leases;
using Lotse.Execution.Ports;
using Lotse.Execution.Reporting;
using Lotse.Planning;
using Lotse.Planning.Containers;
using Lotse.Planning.Observed;

namespace Lotse.Execution.Deployments;

/// <summary>Looks at what is deployed, and takes it away.</summary>
public sealed partial class Operations(DeploymentServices services, DeployConfig config, string performer)
{
    /// <summary>What serves on each host, and what is kept there.</summary>
    /// <param name="cancellation">Ends it.</param>
    /// <param name="command">What it is asked for, in the words that hooks know.</param>
    /// <exception cref="UserException">Some hosts cannot be asked: all of them are named.</exception>
    public async Task<ImmutableArray<HostStatus>> GetStatusAsync(
        CancellationToken cancellation,
        string command = "details"
    )
    {
        var hosts = await ConnectAsync(command, null, cancellation);
        return [.. await HostReport.AllAsync([.. hosts.Select(h => StatusOfAsync(h, Watching(), cancellation))])];
    }

    /// <summary>Gives what serves on each host that can be asked. What is wrong with the others, or with a proxy, is told in one line each.</summary>
    /// <exception cref="SomeHostsFailedException">Something was wrong; the rest was given.</exception>
    public async Task ShowStatusAsync(Action<HostStatus> take, CancellationToken cancellation)
    {
        var group = await ReachAsync("details", null, cancellation);
        foreach (var status in await group.AskAsync(h => StatusOfAsync(h, Tolerant(h, group), cancellation)))
        {
            take(status);
        }

        group.Require("Not all could be asked of");
    }

    /// <summary>Gives the audit logs of all hosts that can be asked, oldest first. What is wrong with the others is told in one line each.</summary>
    /// <exception cref="SomeHostsFailedException">Something was wrong; the rest was given.</exception>
    public async Task ReadAuditAsync(Action<string, AuditEntry> take, CancellationToken cancellation)
    {
        var group = await ReachAsync("audit", null, cancellation);
        var logs = await group.AskAsync(async h =>
            (await Records.ReadAuditAsync(h.Store, cancellation)).ConvertAll(e => (Host: h.Name, Entry: e))
        );
        foreach (var (host, entry) in logs.SelectMany(l => l).OrderBy(l => l.Entry.At))
        {
            take(host, entry);
        }

        group.Require("There is no audit log of");
    }

    private void Say(IHost host, string text) => services.Observer.Report(new Remark(host.Name, text));

    private async Task<ObservedFleet> ObserveAsync(IReadOnlyList<IHost> hosts, CancellationToken cancellation) =>
        (await Watching().ObserveAsync(hosts, cancellation)).Fleet;

    private Observer Watching() => new(config, services.Machine, services.Time);

    /// <summary>An observer whom a proxy that does not answer keeps from nothing else.</summary>
    private Observer Tolerant(IHost host, HostGroup group) =>
        new(config, services.Machine, services.Time) { OnSilentProxy = silent => group.Tell(host.Name, silent) };

    /// <summary>Those hosts of a group that can be observed.</summary>
    private async Task<ImmutableArray<Sighted>> SeeAsync(HostGroup group, CancellationToken cancellation) =>
        await group.AskAsync(async h => new Sighted(
            h,
            (await Tolerant(h, group).ObserveUnlessSilentAsync(h, cancellation)).Host
        ));

    private async Task<HostGroup> ReachAsync(string command, string? subcommand, CancellationToken cancellation)
    {
        await HooksOf(command, subcommand).RunAsync(HookNames.PreConnect, HostSet.NamesOf(config), cancellation);
        var group = new HostGroup(services.Observer);
        await group.ConnectAsync(config, services.Hosts, cancellation);
        return group;
    }

    private async Task<IReadOnlyList<IHost>> ConnectAsync(
        string command,
        string? subcommand,
        CancellationToken cancellation
    )
    {
        await HooksOf(command, subcommand).RunAsync(HookNames.PreConnect, HostSet.NamesOf(config), cancellation);
        return await HostSet.ConnectAsync(config, services.Hosts, services.Time, cancellation);
    }

    private HookCalls HooksOf(string command, string? subcommand, string? role = null) =>
        new(services, () => config, new HookCommand(command, performer, subcommand, Role: role));

    private async Task<HostStatus> StatusOfAsync(IHost host, Observer observer, CancellationToken cancellation)
    {
        var (observed, records) = await observer.ObserveUnlessSilentAsync(host, cancellation);
        var details = await Task.WhenAll(
            observed
                .Containers.Concat(observed.Accessories)
                .Concat(observed.Proxy is { } proxy ? [proxy.Container] : [])
                .Select(async c => (c.Name, Status: await host.Engine.InspectAsync(c.Name, cancellation)))
        );
        return new HostStatus
        {
            Observed = observed,
            Details = details.Where(d => d.Status is not null).ToImmutableDictionary(d => d.Name, d => d.Status!),
            FreeBytes = (await host.GetDiskAsync(observed.EngineFolder, isAskedAnew: false, cancellation))?.FreeBytes,
            Url = HostSet.UrlOf(config, host),
            Lease = Lease.Judge(host, records.Lease, services.Processes, services.Time).Holder,
        };
    }
}

/// <summary>A host and what it reports.</summary>
internal sealed record Sighted(IHost Host, ObservedHost Observed);

/// <summary>What serves on a host, and what is kept there.</summary>
public sealed record HostStatus
{
    /// <summary>What the host reports.</summary>
    public required ObservedHost Observed { get; init; }

    /// <summary>The containers in detail, by name.</summary>
    public required ImmutableDictionary<string, ContainerStatus> Details { get; init; }

    /// <summary>Free bytes on the engine's disk; null when not known.</summary>
    public long? FreeBytes { get; init; }

    /// <summary>Where a browser finds it; null when nothing is proxied.</summary>
    public Uri? Url { get; init; }

    /// <summary>The lease when somebody holds it.</summary>
    public LeaseRecord? Lease { get; init; }
}

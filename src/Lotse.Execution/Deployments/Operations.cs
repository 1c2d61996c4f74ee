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
    public async Task<ImmutableArray<HostStatus>> GetStatusAsync(CancellationToken cancellation)
    {
        var hosts = await ConnectAsync("details", null, cancellation);
        return [.. await Task.WhenAll(hosts.Select(h => StatusOfAsync(h, cancellation)))];
    }

    /// <summary>The audit log of each host, oldest first.</summary>
    public async Task<ImmutableArray<(string Host, AuditEntry Entry)>> ReadAuditAsync(CancellationToken cancellation)
    {
        var hosts = await ConnectAsync("audit", null, cancellation);
        var logs = await Task.WhenAll(
            hosts.Select(async h => (h.Name, Entries: await Records.ReadAuditAsync(h.Store, cancellation)))
        );
        return [.. logs.SelectMany(l => l.Entries.Select(e => (l.Name, e))).OrderBy(l => l.e.At)];
    }

    /// <summary>
    /// Takes the service away: routes, containers, accessories, images; and the edge proxy with its network when it serves nothing else. The
    /// accessories' data and the generated secrets that open them stay, unless they are to go too.
    /// </summary>
    public async Task RemoveAsync(bool withData, CancellationToken cancellation)
    {
        var hosts = await ConnectAsync("remove", null, cancellation);
        await Task.WhenAll(hosts.Select(h => RemoveAsync(h, withData, cancellation)));
    }

    private async Task RemoveAsync(IHost host, bool withData, CancellationToken cancellation)
    {
        var request = new LeaseRequest(services.Ids.Next(), performer, "remove");
        await using (await Lease.AcquireAsync(host, request, null, services.Processes, services.Time, cancellation))
        {
            await RemoveFromAsync(host, withData, cancellation);
            var entry = new AuditEntry
            {
                At = services.Time.GetUtcNow(),
                Performer = performer,
                Command = "remove",
                Rollout = request.Rollout,
                Outcome = "done",
            };
            await Records.AuditAsync(host.Store, entry, cancellation);
        }

        if (withData)
        {
            await host.Store.ClearAsync(cancellation);
        }
    }

    private async Task RemoveFromAsync(IHost host, bool withData, CancellationToken cancellation)
    {
        var observed = (await ObserveAsync([host], cancellation))[host.Name];
        var routes = observed.Proxy?.Services ?? [];
        var own = config
            .Roles.Select(r => Names.ProxyService(config.Service, r.Name, config.Destination))
            .Concat(observed.Containers.Select(c => Names.ProxyService(config.Service, c.Role, config.Destination)))
            .ToHashSet();
        foreach (var route in routes.Where(r => own.Contains(r.Name)))
        {
            await host.Proxy.RemoveAsync(route.Name, cancellation);
            Say(host, $"route {route.Name} removed");
        }

        foreach (var container in observed.Containers.Concat(observed.Migrations))
        {
            await RemoveContainerAsync(host, container, cancellation);
        }

        foreach (var accessory in observed.Accessories)
        {
            await RemoveAccessoryAsync(host, accessory, withData, cancellation);
        }

        foreach (var image in observed.Images)
        {
            await host.Engine.RemoveImageAsync(image, cancellation);
        }

        if (withData)
        {
            await RemoveDataAsync(host, cancellation);
        }

        if (observed.Proxy is { } proxy && routes.All(r => own.Contains(r.Name)))
        {
            await RemoveContainerAsync(host, proxy.Container, cancellation);
            await host.Engine.RemoveVolumeAsync(services.Machine.ProxyVolume, cancellation);
            await host.Engine.RemoveNetworkAsync(services.Machine.Network, cancellation);
        }
    }

    private async Task RemoveContainerAsync(IHost host, ObservedContainer container, CancellationToken cancellation)
    {
        if (container.IsRunning)
        {
            await host.Engine.StopAsync(container.Name, TimeSpan.FromSeconds(10), cancellation);
        }

        await host.Engine.RemoveAsync(container.Name, cancellation);
        Say(host, $"container {container.Name} removed");
    }

    private async Task RemoveDataAsync(IHost host, CancellationToken cancellation)
    {
        var volumes = config
            .Accessories.SelectMany(a => a.Volumes)
            .Select(v => v.Split(':')[0])
            .Where(v => !v.Contains('/', StringComparison.Ordinal));
        foreach (var volume in volumes)
        {
            await host.Engine.RemoveVolumeAsync(volume, cancellation);
            Say(host, $"volume {volume} and its data removed");
        }
    }

    private void Say(IHost host, string text) => services.Observer.Report(new Remark(host.Name, text));

    private async Task<ObservedFleet> ObserveAsync(IReadOnlyList<IHost> hosts, CancellationToken cancellation) =>
        (await new Observer(config, services.Machine, services.Time).ObserveAsync(hosts, cancellation)).Fleet;

    private async Task<IReadOnlyList<IHost>> ConnectAsync(
        string command,
        string? subcommand,
        CancellationToken cancellation
    )
    {
        await HooksOf(command, subcommand).RunAsync(HookNames.PreConnect, HostSet.NamesOf(config), cancellation);
        return await HostSet.ConnectAsync(config, services.Hosts, services.Time, cancellation);
    }

    private HookCalls HooksOf(string command, string? subcommand) =>
        new(services, () => config, new HookCommand(command, performer, subcommand));

    private async Task<HostStatus> StatusOfAsync(IHost host, CancellationToken cancellation)
    {
        var sight = await new Observer(config, services.Machine, services.Time).ObserveAsync([host], cancellation);
        var observed = sight.Fleet[host.Name];
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
            Lease = Lease.Judge(sight.Records[host.Name].Lease, services.Processes, services.Time).Holder,
        };
    }
}

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

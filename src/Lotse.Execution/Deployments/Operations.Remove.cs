using System.Collections.Immutable;
using Lotse.Execution.Journals;
using Lotse.Execution.Leases;
using Lotse.Execution.Ports;
using Lotse.Planning;
using Lotse.Planning.Observed;

namespace Lotse.Execution.Deployments;

public sealed partial class Operations
{
    /// <summary>
    /// Takes the service away: routes, containers, accessories, images; and the edge proxy with its network when it serves nothing else, and says so. The
    /// accessories' data and the generated secrets that open it stay, unless they are to go too; the secrets stay for as long as any of the data does.
    /// </summary>
    /// <param name="request">What goes.</param>
    /// <param name="confirm">Is told what will go, before anything does; throws to keep it.</param>
    /// <param name="cancellation">Ends it; what is gone by then is gone.</param>
    /// <exception cref="UserException">Some hosts cannot be asked: nothing was removed.</exception>
    /// <exception cref="SomeHostsFailedException">Some hosts failed while it was removed.</exception>
    public async Task RemoveAsync(
        RemoveRequest request,
        Func<Removal, CancellationToken, Task> confirm,
        CancellationToken cancellation
    )
    {
        var hosts = await ConnectAsync("remove", null, cancellation);
        var fleet = await ObserveAsync(hosts, cancellation);
        var data = await Task.WhenAll(hosts.Select(h => FindDataAsync(h, fleet[h.Name], cancellation)));
        await confirm(new Removal(config, request, [.. data]), cancellation);
        var group = new HostGroup(services.Observer);
        var removed = await group.AskAsync(
            hosts.Zip(data),
            p => p.First.Name,
            async p =>
            {
                await RemoveAsync(p.First, p.Second, request, cancellation);
                return p.Second;
            }
        );
        group.Require("Not all was removed from");
        if (request.WithData)
        {
            await ForgetAsync(hosts, removed, request, cancellation);
        }
    }

    /// <summary>What is kept of the service goes last, and only with the last of the data: what a secret opens must not outlive it.</summary>
    private async Task ForgetAsync(
        IReadOnlyList<IHost> hosts,
        ImmutableArray<HostData> data,
        RemoveRequest request,
        CancellationToken cancellation
    )
    {
        if (!request.IsWhole || data.Any(d => d.Stays))
        {
            var why = request.IsWhole ? "data stays" : "hosts are left out, and their data stays";
            Say(hosts[0], $"generated secrets stay in {hosts[0].Store.Location}, because {why}");
            return;
        }

        await Task.WhenAll(hosts.Select(h => h.Store.ClearAsync(cancellation)));
    }

    private async Task RemoveAsync(IHost host, HostData data, RemoveRequest wanted, CancellationToken cancellation)
    {
        var request = new LeaseRequest(services.Ids.Next(), performer, "remove");
        await using var lease = await Lease.AcquireAsync(
            host,
            request,
            null,
            services.Processes,
            services.Time,
            cancellation
        );
        await RemoveFromAsync(host, data, wanted.WithData, cancellation);
        var entry = new AuditEntry
        {
            At = services.Time.GetUtcNow(),
            Performer = performer,
            Command = "remove",
            Rollout = request.Rollout,
            Outcome = "done",
        };
        await services.AuditAsync(host, entry, cancellation);
    }

    private async Task RemoveFromAsync(IHost host, HostData data, bool withData, CancellationToken cancellation)
    {
        // What counts is what is there under the lease.
        var observed = (await Watching().ObserveUnlessSilentAsync(host, cancellation)).Host;
        var own = OwnRoutes(observed);
        foreach (var route in (observed.Proxy?.Services ?? []).Where(r => own.Contains(r.Name)))
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
            await RemoveAccessoryAsync(host, accessory, withData ? [] : null, cancellation);
        }

        foreach (var image in observed.Images)
        {
            await host.Engine.RemoveImageAsync(image, cancellation);
        }

        if (withData)
        {
            await RemoveDataAsync(host, data, cancellation);
        }

        await RemoveProxyAsync(host, observed.Proxy, own, cancellation);
    }

    private HashSet<string> OwnRoutes(ObservedHost observed) =>
        [
            .. config
                .Roles.Select(r => r.Name)
                .Concat(observed.Containers.Select(c => c.Role))
                .Select(role => Names.ProxyService(config.Service, role, config.Destination)),
        ];

    /// <summary>Other services' routes lie on it as well: it goes only when it says that there are none.</summary>
    private async Task RemoveProxyAsync(
        IHost host,
        ObservedProxy? proxy,
        HashSet<string> own,
        CancellationToken cancellation
    )
    {
        if (proxy is null || !proxy.Services.All(r => own.Contains(r.Name)))
        {
            return;
        }

        if (!proxy.IsListed)
        {
            Say(
                host,
                $"edge proxy {proxy.Container.Name} stays, with its volume: it does not run, so nobody knows what it routes for other services. Start it (`docker start {proxy.Container.Name}`) and run Remove again to have it removed"
            );
            return;
        }

        foreach (var container in new[] { proxy.MakingWay, proxy.Container }.OfType<ObservedContainer>())
        {
            await RemoveContainerAsync(host, container, cancellation);
        }

        await host.Engine.RemoveVolumeAsync(services.Machine.ProxyVolume, cancellation);
        await host.Engine.RemoveNetworkAsync(services.Machine.Network, cancellation);
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

    private async Task RemoveDataAsync(IHost host, HostData data, CancellationToken cancellation)
    {
        foreach (var volume in data.Volumes)
        {
            await host.Engine.RemoveVolumeAsync(volume, cancellation);
            Say(host, $"volume {volume} and its data removed");
        }

        foreach (var (volume, user) in data.Shared)
        {
            Say(host, $"volume {volume} stays: container {user} uses it");
        }

        foreach (var folder in data.Folders)
        {
            Say(host, $"folder {folder} stays: what is in it belongs to the host; `rm -r` on it deletes the data");
        }
    }

    /// <summary>The data of the accessories that are on a host, by configuration or by their containers; what other containers use is not theirs alone.</summary>
    private async Task<HostData> FindDataAsync(IHost host, ObservedHost observed, CancellationToken cancellation)
    {
        var mounted = await Task.WhenAll(
            observed.Accessories.Select(a => host.Engine.InspectAsync(a.Name, cancellation))
        );
        var configured = config.Accessories.Where(a => a.Hosts.Any(h => h.Name == host.Name)).ToList();
        var volumes = mounted
            .SelectMany(m => m?.Volumes ?? [])
            .Select(v => v.Name)
            .Concat(configured.SelectMany(AccessoryData.VolumesOf))
            .Distinct()
            .ToList();
        var there = await Task.WhenAll(
            volumes.Select(async v => (Name: v, IsThere: await host.Engine.HasVolumeAsync(v, cancellation)))
        );
        var own = observed.Accessories.Concat(observed.Containers).Concat(observed.Migrations).Select(c => c.Id);
        var others = volumes.Count == 0 ? [] : await UsesOfOthersAsync(host, own.ToHashSet(), cancellation);
        var present = there.Where(v => v.IsThere).Select(v => v.Name).ToList();
        var folders = await Task.WhenAll(
            configured
                .SelectMany(a => AccessoryData.FoldersOf(a, host.DataFolder))
                .Select(async f => (Name: f, HasData: await host.HasDataAsync(f, cancellation)))
        );
        return new HostData(
            host.Name,
            [.. present.Where(v => !others.ContainsKey(v))],
            [.. present.Where(others.ContainsKey).Select(v => (v, others[v]))],
            [.. folders.Where(f => f.HasData).Select(f => f.Name)]
        );
    }

    /// <summary>Volumes that other containers use, running or not, each with one of those.</summary>
    private static async Task<Dictionary<string, string>> UsesOfOthersAsync(
        IHost host,
        HashSet<string> own,
        CancellationToken cancellation
    )
    {
        var all = await host.Engine.ListContainersAsync(ImmutableDictionary<string, string?>.Empty, cancellation);
        var others = await Task.WhenAll(
            all.Select(c => c.Container)
                .Where(c => !own.Contains(c.Id))
                .Select(async c => (c.Name, Status: await host.Engine.InspectAsync(c.Name, cancellation)))
        );
        return others
            .SelectMany(o => (o.Status?.Volumes ?? []).Select(v => (v.Name, User: o.Name)))
            .DistinctBy(u => u.Name)
            .ToDictionary(u => u.Name, u => u.User);
    }
}

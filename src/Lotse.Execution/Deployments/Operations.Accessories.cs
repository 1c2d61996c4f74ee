using System.Collections.Immutable;
using Lotse.Configuration;
using Lotse.Execution.Handlers;
using Lotse.Execution.Hooks;
using Lotse.Execution.Journals;
using Lotse.Execution.Leases;
using Lotse.Execution.Ports;
using Lotse.Execution.Reporting;
using Lotse.Planning.Observed;
using Lotse.Planning.Planners;
using Lotse.Planning.Steps;

namespace Lotse.Execution.Deployments;

public sealed partial class Operations
{
    /// <summary>How long a data store has to close its files.</summary>
    private static readonly TimeSpan AccessoryGrace = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Makes an accessory's container anew from the configuration, host after host: its image is there before the old container stops, its volumes stay, and where
    /// the new one does not become healthy the old one comes back and no further host is touched.
    /// </summary>
    /// <param name="name">The accessory.</param>
    /// <param name="withData">Whether what lies on volumes without a name may be lost: a new container has new ones.</param>
    /// <param name="cancellation">Ends it; the old container comes back.</param>
    /// <exception cref="UserException">There is no such accessory, or data would be lost.</exception>
    /// <exception cref="LeaseHeldException">Somebody is deploying.</exception>
    public async Task RebootAccessoryAsync(string name, bool withData, CancellationToken cancellation)
    {
        var accessory = AccessoryNamed(name);
        ImmutableArray<string> names = [.. accessory.Hosts.Select(h => h.Name)];
        await HooksOf("accessory", "reboot").RunAsync(HookNames.PreConnect, names, cancellation);
        var hosts = await HostSet.ConnectAsync(names, services.Hosts, services.Time, cancellation);
        var complete = await WithGeneratedSecretsAsync(cancellation);
        await UnderLeaseAsync(
            hosts,
            $"reboot accessory {name}",
            async token =>
            {
                var fleet = await ObserveAsync(hosts, token);
                await RequireNamedVolumesAsync(hosts, fleet, name, withData, token);
                var steps = hosts
                    .Select(h => AccessoryPlanner.Replacement(complete, fleet[h.Name], accessory))
                    .ToList();
                await BringImageAsync(accessory.Image, hosts, fleet, token);
                foreach (var (host, step) in hosts.Zip(steps))
                {
                    await RebootAsync(host, step, fleet[host.Name], token);
                }
            },
            cancellation
        );
    }

    /// <summary>
    /// Removes an accessory's container, also of one that is no longer configured; its data stays, unless it is to go too.
    /// </summary>
    /// <param name="name">The accessory.</param>
    /// <param name="onHost">The host; null for all.</param>
    /// <param name="withData">Whether its volumes are deleted. Folders of the host stay in any case.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="UserException">There is no such accessory.</exception>
    /// <exception cref="LeaseHeldException">Somebody is deploying.</exception>
    public async Task RemoveAccessoryAsync(string name, string? onHost, bool withData, CancellationToken cancellation)
    {
        var hosts = await ConnectAsync("accessory", "remove", cancellation);
        var fleet = await ObserveAsync(hosts, cancellation);
        var there = hosts
            .Where(h => onHost is null || h.Name == onHost)
            .Where(h => fleet[h.Name].Accessories.Any(c => c.Role == name))
            .ToList();
        if (there.Count == 0)
        {
            var known = fleet.Hosts.SelectMany(h => h.Accessories.Select(c => $"{c.Role} on {h.Host}")).Distinct();
            throw NoAccessory(name, onHost, known);
        }

        await UnderLeaseAsync(
            there,
            $"remove accessory {name}",
            async token =>
            {
                foreach (var host in there)
                {
                    foreach (var container in fleet[host.Name].Accessories.Where(c => c.Role == name))
                    {
                        var going = withData ? await OnlyOfAsync(host, container, token) : null;
                        await RemoveAccessoryAsync(host, container, going, token);
                    }

                    await AuditAccessoryAsync(host, $"remove accessory {name}", "done");
                }
            },
            cancellation
        );
    }

    private async Task RebootAsync(
        IHost host,
        EnsureAccessory step,
        ObservedHost observed,
        CancellationToken cancellation
    )
    {
        await using var context = ContextFor(host, HooksOf("accessory", "reboot"));
        if (!observed.HasNetwork)
        {
            await host.Engine.EnsureNetworkAsync(services.Machine.Network, cancellation);
        }

        var start = services.Time.GetTimestamp();
        services.Observer.Report(new StepStarted(step));
        try
        {
            await StepHandlers.HandleAsync(step, context, cancellation);
        }
        catch (HostException failure)
        {
            await AuditAccessoryAsync(host, $"reboot accessory {step.Accessory}", $"failed: {failure.Evidence}");
            throw;
        }

        services.Observer.Report(new StepDone(step, services.Time.GetElapsedTime(start)));
        await AuditAccessoryAsync(host, $"reboot accessory {step.Accessory}", $"done, from {step.Spec.Image}");
    }

    /// <summary>The volumes that no other container uses.</summary>
    private async Task<HashSet<string>> OnlyOfAsync(
        IHost host,
        ObservedContainer container,
        CancellationToken cancellation
    )
    {
        var others = await UsesOfOthersAsync(host, [container.Id], cancellation);
        var volumes = (await host.Engine.InspectAsync(container.Name, cancellation))?.Volumes ?? [];
        foreach (var shared in volumes.Where(v => others.ContainsKey(v.Name)))
        {
            Say(host, $"volume {shared.Name} stays: container {others[shared.Name]} uses it");
        }

        return [.. volumes.Select(v => v.Name).Where(v => !others.ContainsKey(v))];
    }

    /// <summary>Removes the container, and those of its volumes that go; null when data stays.</summary>
    private async Task RemoveAccessoryAsync(
        IHost host,
        ObservedContainer container,
        HashSet<string>? going,
        CancellationToken cancellation
    )
    {
        var volumes = (await host.Engine.InspectAsync(container.Name, cancellation))?.Volumes ?? [];
        if (container.IsRunning)
        {
            await host.Engine.StopAsync(container.Name, AccessoryGrace, cancellation);
        }

        await host.Engine.RemoveKeepingVolumesAsync(container.Name, cancellation);
        Say(host, $"container {container.Name} removed");
        foreach (var volume in volumes)
        {
            if (going?.Contains(volume.Name) == true)
            {
                await host.Engine.RemoveVolumeAsync(volume.Name, cancellation);
                Say(host, $"volume {volume.Name} and its data removed");
            }
            else if (going is null && volume.IsAnonymous)
            {
                Say(
                    host,
                    $"what was in {volume.Path} is kept in volume {volume.Name}; a new container begins with none"
                );
            }
        }
    }

    private static async Task RequireNamedVolumesAsync(
        IReadOnlyList<IHost> hosts,
        ObservedFleet fleet,
        string name,
        bool withData,
        CancellationToken cancellation
    )
    {
        var running = hosts.SelectMany(h => fleet[h.Name].Accessories.Where(c => c.Role == name).Select(c => (h, c)));
        foreach (var (host, container) in running)
        {
            var status = await host.Engine.InspectAsync(container.Name, cancellation);
            if (!withData && status?.Volumes.FirstOrDefault(v => v.IsAnonymous) is { } volume)
            {
                throw new UserException(
                    $"[{host.Name}] accessory {name} keeps {volume.Path} on a volume without a name, which a new container does not find again: its data would be lost.",
                    $"Give it one, `volumes: [\"{container.Name}-data:{volume.Path}\"]`, and bring the data there (now in volume {volume.Name}); or let it go: --with-data."
                );
            }
        }
    }

    /// <summary>Before anything stops: a download that fails or takes long costs no outage then.</summary>
    private async Task BringImageAsync(
        string image,
        IReadOnlyList<IHost> hosts,
        ObservedFleet fleet,
        CancellationToken cancellation
    )
    {
        var present = await Task.WhenAll(hosts.Select(h => h.Engine.HasImageAsync(image, cancellation)));
        var lacking = hosts.Zip(present).Where(p => !p.Second).Select(p => p.First).ToList();
        if (lacking.Count > 0)
        {
            var archives = new ArchiveDelivery(services.Registry, services.Observer, services.MostOfChange);
            await new ImageSupply(services, archives, fleet).BringAsync(image, lacking, cancellation);
        }
    }

    private async Task UnderLeaseAsync(
        IReadOnlyList<IHost> hosts,
        string purpose,
        Func<CancellationToken, Task> work,
        CancellationToken cancellation
    )
    {
        var request = new LeaseRequest(services.Ids.Next(), performer, purpose);
        var leases = new List<Lease>();
        try
        {
            // In one order, so that of two who want the same hosts one gets all.
            foreach (var host in hosts.OrderBy(h => h.Name, StringComparer.Ordinal))
            {
                leases.Add(
                    await Lease.AcquireAsync(host, request, null, services.Processes, services.Time, cancellation)
                );
            }

            using var linked = CancellationTokenSource.CreateLinkedTokenSource([
                cancellation,
                .. leases.Select(l => l.Lost),
            ]);
            await work(linked.Token);
        }
        finally
        {
            await Task.WhenAll(leases.Select(l => l.DisposeAsync().AsTask()));
        }
    }

    private Task AuditAccessoryAsync(IHost host, string command, string outcome)
    {
        var entry = new AuditEntry
        {
            At = services.Time.GetUtcNow(),
            Performer = performer,
            Command = command,
            Rollout = "",
            Outcome = outcome.Split('\n')[0],
        };
        return services.AuditAsync(host, entry, CancellationToken.None);
    }

    private AccessoryConfig AccessoryNamed(string name) =>
        config.Accessories.FirstOrDefault(a => a.Name == name)
        ?? throw NoAccessory(name, null, config.Accessories.Select(a => a.Name));

    private static UserException NoAccessory(string name, string? onHost, IEnumerable<string> known)
    {
        var there = string.Join(", ", known);
        return new UserException(
            $"There is no accessory '{name}'{(onHost is null ? "" : $" on {onHost}")}.",
            there.Length == 0 ? "There is none at all." : $"There are: {there}."
        );
    }
}

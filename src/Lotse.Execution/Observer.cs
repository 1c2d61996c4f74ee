using System.Collections.Immutable;
using Lotse.Configuration;
using Lotse.Execution.Journals;
using Lotse.Execution.Ports;
using Lotse.Planning;
using Lotse.Planning.Containers;
using Lotse.Planning.Observed;

namespace Lotse.Execution;

/// <summary>Asks the hosts what is there: all hosts at once, and of each host all that does not depend on each other at once.</summary>
public sealed class Observer(DeployConfig config, MachineNames machine)
{
    /// <summary>What the hosts report now.</summary>
    public async Task<ObservedFleet> ObserveAsync(IReadOnlyList<IHost> hosts, CancellationToken cancellation)
    {
        var observed = await Task.WhenAll(hosts.Select(h => ObserveAsync(h, cancellation)));
        return new ObservedFleet { Hosts = [.. observed] };
    }

    private async Task<ObservedHost> ObserveAsync(IHost host, CancellationToken cancellation)
    {
        var engine = host.Engine;
        var info = engine.GetInfoAsync(cancellation);
        var network = engine.HasNetworkAsync(machine.Network, cancellation);
        var containers = engine.ListContainersAsync(Labels((ContainerLabels.Service, config.Service)), cancellation);
        var owned = engine.ListContainersAsync(
            Labels((ContainerLabels.Owner, config.Service), (ContainerLabels.Destination, config.Destination ?? "")),
            cancellation
        );
        var proxy = ObserveProxyAsync(host, cancellation);
        var images = engine.ListImagesAsync(config.Image, cancellation);
        var audit = Records.ReadAuditAsync(host.Store, cancellation);
        return new ObservedHost
        {
            Host = host.Name,
            DataFolder = host.DataFolder,
            EngineVersion = (await info).Version,
            EngineFolder = (await info).DataRoot,
            HasNetwork = await network,
            Containers = [.. (await containers).Where(IsOurs).Select(c => c.Container)],
            ImagesOfOthers = [.. (await containers).Where(c => !IsOurs(c)).Select(c => c.Container.Image).Distinct()],
            Accessories = [.. Owned(await owned, null)],
            Migrations = [.. Owned(await owned, ContainerLabels.Migration)],
            Proxy = await proxy,
            Images = await images,
            History = [.. Records.HistoryOf(await audit)],
        };
    }

    private bool IsOurs(LabelledContainer container) =>
        container.Labels.GetValueOrDefault(ContainerLabels.Destination, "") == (config.Destination ?? "");

    private static IEnumerable<ObservedContainer> Owned(IEnumerable<LabelledContainer> owned, string? purpose) =>
        owned.Where(c => c.Labels.GetValueOrDefault(ContainerLabels.OneOff) == purpose).Select(c => c.Container);

    private async Task<ObservedProxy?> ObserveProxyAsync(IHost host, CancellationToken cancellation)
    {
        var found = await host.Engine.ListContainersAsync(Labels((ContainerLabels.Proxy, null)), cancellation);
        if (found.FirstOrDefault(c => c.Container.Name == machine.Proxy)?.Container is not { } container)
        {
            return null;
        }

        var services = container.IsRunning ? await ListAsync(host, cancellation) : [];
        return new ObservedProxy { Container = container, Services = services };
    }

    private static async Task<ImmutableArray<ProxiedService>> ListAsync(IHost host, CancellationToken cancellation)
    {
        try
        {
            return await host.Proxy.ListAsync(cancellation);
        }
        catch (HostException starting) when (starting.Failure is HostFailure.Proxy or HostFailure.Conflict)
        {
            await host.Proxy.AwaitReadyAsync(cancellation);
            return await host.Proxy.ListAsync(cancellation);
        }
    }

    private static Dictionary<string, string?> Labels(params ReadOnlySpan<(string Name, string? Value)> labels)
    {
        var filter = new Dictionary<string, string?>();
        foreach (var (name, value) in labels)
        {
            filter[name] = value;
        }

        return filter;
    }
}

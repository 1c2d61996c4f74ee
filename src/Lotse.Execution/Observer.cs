using System.Collections.Immutable;
using Lotse.Configuration;
using Lotse.Execution.Deployments;
using Lotse.Execution.Journals;
using Lotse.Execution.Ports;
using Lotse.Planning;
using Lotse.Planning.Containers;
using Lotse.Planning.Observed;

namespace Lotse.Execution;

/// <summary>Asks the hosts what is there: all hosts at once, and of each host all that does not depend on each other at once.</summary>
public sealed class Observer(DeployConfig config, MachineNames machine, TimeProvider time)
{
    private static readonly TimeSpan ProxyPatience = TimeSpan.FromSeconds(10);

    /// <summary>Hears of a proxy that runs and does not answer, and all else of its host is told all the same; null lets its host fail.</summary>
    public Action<HostException>? OnSilentProxy { get; init; }

    /// <summary>What the hosts report now.</summary>
    /// <exception cref="UserException">Some engines do not answer, or a host failed: all of them are named.</exception>
    public async Task<Sight> ObserveAsync(IReadOnlyList<IHost> hosts, CancellationToken cancellation) =>
        SightOf(await HostReport.AllAsync([.. hosts.Select(h => ObserveUnlessSilentAsync(h, cancellation))]));

    /// <summary>What those hosts report that can be asked, and why the others cannot.</summary>
    internal async Task<(Sight Sight, IReadOnlyList<HostException> Failures)> TryObserveAsync(
        IReadOnlyList<IHost> hosts,
        CancellationToken cancellation
    )
    {
        var asking = hosts.Select(h => ObserveUnlessSilentAsync(h, cancellation)).ToList();
        var failures = await HostReport.FailuresAsync(asking);
        return (SightOf([.. asking.Where(a => a.IsCompletedSuccessfully).Select(a => a.Result)]), failures);
    }

    private static Sight SightOf(IReadOnlyList<(ObservedHost Host, HostRecords Records)> observed) =>
        new(
            new ObservedFleet { Hosts = [.. observed.Select(o => o.Host)] },
            observed.ToImmutableDictionary(o => o.Host.Host, o => o.Records)
        );

    /// <summary>What one host reports, and what it keeps of the service.</summary>
    /// <exception cref="HostException">It failed.</exception>
    internal async Task<(ObservedHost Host, HostRecords Records)> ObserveUnlessSilentAsync(
        IHost host,
        CancellationToken cancellation
    )
    {
        // What else was asked of a host that fails is not waited for.
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            return await ObserveAsync(host, giveUp.Token);
        }
        finally
        {
            await giveUp.CancelAsync();
        }
    }

    /// <summary>The containers of the service, or those of one of its accessories, on a host, and nothing else.</summary>
    /// <exception cref="HostException">It does not tell.</exception>
    internal async Task<ImmutableArray<ObservedContainer>> ListAsync(
        IHost host,
        string? accessory,
        CancellationToken cancellation
    )
    {
        var all = await host.Engine.ListContainersAsync(ImmutableDictionary<string, string?>.Empty, cancellation);
        return accessory is null
            ? [.. all.Where(c => IsOfService(c) && IsOurs(c)).Select(c => c.Container)]
            : [.. OfPurpose(all.Where(IsOwned), null).Where(c => c.Role == accessory)];
    }

    private async Task<(ObservedHost Host, HostRecords Records)> ObserveAsync(
        IHost host,
        CancellationToken cancellation
    )
    {
        var engine = host.Engine;
        // One list of all: a request for each kind of container would wait for a connection of its own.
        var listing = engine.ListContainersAsync(ImmutableDictionary<string, string?>.Empty, cancellation);
        var info = engine.GetInfoAsync(cancellation);
        var network = engine.HasNetworkAsync(machine.Network, cancellation);
        var images = engine.ListImagesAsync(config.Image, cancellation);
        var proxied = AskProxyAsync(host, cancellation);
        var records = Records.ReadAsync(host.Store, cancellation);
        var rest = Task.WhenAll(network, images, proxied, records);
        _ = rest.ContinueWith(t => t.Exception, TaskScheduler.Default);
        await FirstAnswer.AwaitAsync(host, Task.WhenAll(info, listing), time);
        await rest;
        var all = await listing;
        var ofService = all.Where(IsOfService).ToList();
        var owned = all.Where(IsOwned).ToList();
        var observed = new ObservedHost
        {
            Host = host.Name,
            DataFolder = host.DataFolder,
            EngineVersion = (await info).Version,
            EngineFolder = (await info).DataRoot,
            Architecture = (await info).Architecture,
            HasNetwork = await network,
            Containers = [.. ofService.Where(IsOurs).Select(c => c.Container)],
            ImagesOfOthers = [.. ofService.Where(c => !IsOurs(c)).Select(c => c.Container.Image).Distinct()],
            Accessories = [.. OfPurpose(owned, null)],
            Migrations = [.. OfPurpose(owned, ContainerLabels.Migration)],
            Proxy = await ObserveProxyAsync(host, all, await proxied, cancellation),
            Images = [.. (await images).Select(i => i.Name)],
            ImageBytes = (await images).ToImmutableDictionary(i => i.Name, i => i.Bytes),
            Interrupted = (await records).Interrupted?.Rollouts ?? [],
            History = [.. Records.HistoryOf((await records).Audit)],
        };
        return (observed, await records);
    }

    private bool IsOfService(LabelledContainer container) =>
        container.Labels.GetValueOrDefault(ContainerLabels.Service) == config.Service;

    private bool IsOurs(LabelledContainer container) =>
        container.Labels.GetValueOrDefault(ContainerLabels.Destination, "") == (config.Destination ?? "");

    private bool IsOwned(LabelledContainer container) =>
        container.Labels.GetValueOrDefault(ContainerLabels.Owner) == config.Service && IsOurs(container);

    private static IEnumerable<ObservedContainer> OfPurpose(IEnumerable<LabelledContainer> owned, string? purpose) =>
        owned.Where(c => c.Labels.GetValueOrDefault(ContainerLabels.OneOff) == purpose).Select(c => c.Container);

    private async Task<ObservedProxy?> ObserveProxyAsync(
        IHost host,
        IEnumerable<LabelledContainer> all,
        ImmutableArray<ProxiedService>? answer,
        CancellationToken cancellation
    )
    {
        var proxies = all.Where(c => c.Labels.ContainsKey(ContainerLabels.Proxy)).Select(c => c.Container).ToList();
        var makingWay = proxies.Find(c => c.Name == Names.Replaced(machine.Proxy));
        if ((proxies.Find(c => c.Name == machine.Proxy) ?? makingWay) is not { } container)
        {
            return null;
        }

        if (!container.IsRunning || container == makingWay)
        {
            return new ObservedProxy
            {
                Container = container,
                MakingWay = makingWay,
                IsListed = false,
            };
        }

        answer ??= await AwaitProxyAsync(host, cancellation);
        return new ObservedProxy
        {
            Container = container,
            MakingWay = makingWay,
            Services = answer ?? [],
            IsListed = answer is not null,
        };
    }

    /// <summary>What a proxy says that may only just have been started; null when it says nothing and that is tolerated.</summary>
    private async Task<ImmutableArray<ProxiedService>?> AwaitProxyAsync(IHost host, CancellationToken cancellation)
    {
        try
        {
            await host.Proxy.AwaitReadyAsync(cancellation);
            return await host.Proxy.ListAsync(cancellation);
        }
        catch (HostException silent) when (OnSilentProxy is not null && silent.Failure is not HostFailure.Unreachable)
        {
            OnSilentProxy(silent);
            return null;
        }
    }

    /// <summary>Asks the proxy before it is known whether there is one: that costs nothing, and waiting costs a round trip. Null when it gives no answer.</summary>
    private async Task<ImmutableArray<ProxiedService>?> AskProxyAsync(IHost host, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(ProxyPatience, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            return await host.Proxy.ListAsync(linked.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return null;
        }
        catch (HostException none)
            when (none.Failure is HostFailure.Proxy or HostFailure.Conflict or HostFailure.Engine)
        {
            return null;
        }
    }
}

/// <summary>What was seen of all hosts.</summary>
/// <param name="Fleet">What is there.</param>
/// <param name="Records">What each host keeps of the service, by the host's name.</param>
public sealed record Sight(ObservedFleet Fleet, IReadOnlyDictionary<string, HostRecords> Records);

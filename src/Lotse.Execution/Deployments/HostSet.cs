using System.Collections.Immutable;
using Lotse.Configuration;
using Lotse.Execution.Ports;

namespace Lotse.Execution.Deployments;

/// <summary>The hosts of a configuration: primary role first, each once.</summary>
public static class HostSet
{
    /// <summary>The names of all hosts, those of the primary role first, each once.</summary>
    public static ImmutableArray<string> NamesOf(DeployConfig config) =>
        [.. (config.Primary?.Hosts ?? []).Concat(config.AllHosts).Select(h => h.Name).Distinct()];

    /// <summary>Connects to all of them at once.</summary>
    /// <param name="config">Names them.</param>
    /// <param name="connector">Connects to each.</param>
    /// <param name="time">Limits how long an engine is waited for.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="UserException">Some cannot be reached or used: all of them are named, each with its cause and cure.</exception>
    public static Task<IReadOnlyList<IHost>> ConnectAsync(
        DeployConfig config,
        IHostConnector connector,
        TimeProvider time,
        CancellationToken cancellation
    ) => ConnectAsync(NamesOf(config), connector, time, cancellation);

    /// <summary>Connects to some of them at once.</summary>
    /// <param name="names">Their configured names.</param>
    /// <param name="connector">Connects to each.</param>
    /// <param name="time">Limits how long an engine is waited for.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="UserException">Some cannot be reached or used: all of them are named, each with its cause and cure.</exception>
    public static Task<IReadOnlyList<IHost>> ConnectAsync(
        ImmutableArray<string> names,
        IHostConnector connector,
        TimeProvider time,
        CancellationToken cancellation
    ) => ConnectAsync(names, connector, reached => AskEnginesAsync(reached, time, cancellation), cancellation);

    /// <summary>Connects to some of them at once.</summary>
    /// <param name="names">Their configured names.</param>
    /// <param name="connector">Connects to each.</param>
    /// <param name="look">Finds what else is wrong, when some are not reached: on those that are, the next step would find it, and it is part of the same report.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="UserException">Some cannot be reached or used: all of them are named, each with its cause and cure.</exception>
    internal static async Task<IReadOnlyList<IHost>> ConnectAsync(
        ImmutableArray<string> names,
        IHostConnector connector,
        Func<IReadOnlyList<IHost>, Task<HostProblems>> look,
        CancellationToken cancellation
    )
    {
        var connecting = names.Select(name => connector.ConnectAsync(name, cancellation)).ToList();
        var failures = await HostReport.FailuresAsync(connecting);
        if (failures.Count == 0)
        {
            return await Task.WhenAll(connecting);
        }

        var more = await look([.. connecting.Where(c => c.IsCompletedSuccessfully).Select(c => c.Result)]);
        throw HostReport.Problem([.. failures, .. more.Failures], connecting.Count, more.Others);
    }

    private static async Task<HostProblems> AskEnginesAsync(
        IReadOnlyList<IHost> hosts,
        TimeProvider time,
        CancellationToken cancellation
    ) => new(await HostReport.FailuresAsync([.. hosts.Select(h => AskEngineAsync(h, time, cancellation))]), []);

    private static async Task AskEngineAsync(IHost host, TimeProvider time, CancellationToken cancellation)
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            await FirstAnswer.AwaitAsync(host, host.Engine.GetInfoAsync(giveUp.Token), time);
        }
        finally
        {
            await giveUp.CancelAsync();
        }
    }

    /// <summary>What serves where, when each host that has a role serves this version. Hosts of accessories alone serve no release.</summary>
    public static ImmutableArray<HostRelease> Releases(
        DeployConfig config,
        IReadOnlyList<IHost> hosts,
        string version
    ) =>
        [
            .. hosts
                .Where(h => config.Roles.Any(r => r.Hosts.Any(c => c.Name == h.Name)))
                .Select(h => new HostRelease(h.Name, version, UrlOf(config, h))),
        ];

    /// <summary>Where a browser finds what a host serves; null when none of its roles is proxied.</summary>
    public static Uri? UrlOf(DeployConfig config, IHost host)
    {
        var proxied = config.Roles.FirstOrDefault(r => r.Proxy is not null && r.Hosts.Any(h => h.Name == host.Name));
        if (proxied?.Proxy is not { } proxy)
        {
            return null;
        }

        var name = proxy.Hosts.FirstOrDefault(h => !h.Contains('*', StringComparison.Ordinal)) ?? host.Address;
        return new UriBuilder("http", name, config.ProxyRun.HttpPort, proxy.PathPrefixes.FirstOrDefault() ?? "/").Uri;
    }
}

/// <summary>What is wrong with hosts.</summary>
/// <param name="Failures">Those that cannot be used, and why.</param>
/// <param name="Others">What is wrong with those that can, each naming its host.</param>
internal sealed record HostProblems(IReadOnlyList<HostException> Failures, IReadOnlyList<string> Others);

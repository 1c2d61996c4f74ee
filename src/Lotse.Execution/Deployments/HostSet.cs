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
    /// <exception cref="UserException">Some cannot be reached or used: all of them are named, each with its cause and cure.</exception>
    public static async Task<IReadOnlyList<IHost>> ConnectAsync(
        DeployConfig config,
        IHostConnector connector,
        CancellationToken cancellation
    )
    {
        var connecting = NamesOf(config).Select(name => connector.ConnectAsync(name, cancellation)).ToList();
        await Task.WhenAll(connecting).ContinueWith(_ => { }, TaskScheduler.Default);
        var failures = connecting.Select(c => c.Exception?.InnerException).OfType<HostException>().ToList();
        if (failures.Count == 0)
        {
            return await Task.WhenAll(connecting);
        }

        var texts = failures.Select(f => $"  - {f.Message.ReplaceLineEndings("\n    ")}");
        throw new UserException(
            $"{failures.Count} of {connecting.Count} host(s) cannot be used; nothing was changed:\n{string.Join('\n', texts)}",
            "Mend that and run the same command again, or leave a host out that is down: `--skip-host NAME`."
        );
    }

    /// <summary>What serves where, when each host serves this version.</summary>
    public static ImmutableArray<HostRelease> Releases(
        DeployConfig config,
        IReadOnlyList<IHost> hosts,
        string version
    ) => [.. hosts.Select(h => new HostRelease(h.Name, version, UrlOf(config, h)))];

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

using System.Collections.Concurrent;
using System.Collections.Immutable;
using Lotse.Configuration;
using Lotse.Execution.Leases;
using Lotse.Execution.Ports;
using Lotse.Execution.Reporting;

namespace Lotse.Execution.Deployments;

/// <summary>
/// The hosts of a command that one host more or less does not spoil: what is wrong with one is told at once, in one line, and keeps no other from being asked.
/// </summary>
/// <param name="observer">Is told.</param>
internal sealed class HostGroup(IRolloutObserver observer)
{
    private readonly ConcurrentDictionary<string, bool> failed = new();

    /// <summary>Those that could be connected to, in the configuration's order.</summary>
    public ImmutableArray<IHost> Hosts { get; private set; } = [];

    /// <summary>Whether each one has done all that was asked of it.</summary>
    public bool IsWhole => failed.IsEmpty;

    /// <summary>Connects to all hosts of a configuration at once.</summary>
    public async Task ConnectAsync(DeployConfig config, IHostConnector connector, CancellationToken cancellation)
    {
        var connected = await Task.WhenAll(
            HostSet.NamesOf(config).Select(n => TryAsync(n, () => connector.ConnectAsync(n, cancellation)))
        );
        Hosts = [.. connected.OfType<IHost>()];
    }

    /// <summary>Asks all of them at once; gives what those answer that can.</summary>
    public Task<ImmutableArray<T>> AskAsync<T>(Func<IHost, Task<T>> ask)
        where T : class => AskAsync(Hosts, h => h.Name, ask);

    /// <summary>The same of something that is on hosts, a container or a route.</summary>
    public async Task<ImmutableArray<TAnswer>> AskAsync<T, TAnswer>(
        IEnumerable<T> places,
        Func<T, string> hostOf,
        Func<T, Task<TAnswer>> ask
    )
        where TAnswer : class
    {
        var answers = await Task.WhenAll(places.Select(p => TryAsync(hostOf(p), () => ask(p))));
        return [.. answers.OfType<TAnswer>()];
    }

    /// <summary>Tells what is wrong with a host.</summary>
    public void Tell(string host, Exception failure)
    {
        failed[host] = true;
        observer.Report(new Warning(host, OneLine.Of(host, failure)));
    }

    /// <summary>Ends a command that has done what it could.</summary>
    /// <exception cref="SomeHostsFailedException">It could not do it on every host.</exception>
    public void Require(string what)
    {
        if (!IsWhole)
        {
            throw new SomeHostsFailedException(what, [.. failed.Keys.Order(StringComparer.Ordinal)]);
        }
    }

    private async Task<T?> TryAsync<T>(string host, Func<Task<T>> ask)
        where T : class
    {
        try
        {
            return await ask();
        }
        catch (Exception failure) when (failure is HostException or LeaseHeldException or LeaseLostException)
        {
            Tell(host, failure);
            return null;
        }
    }
}

/// <summary>A command did what it could, and could not do it on every host; why, it has told.</summary>
/// <param name="what">What is missing, in words.</param>
/// <param name="hosts">The hosts.</param>
public sealed class SomeHostsFailedException(string what, ImmutableArray<string> hosts)
    : Exception(
        $"{what} {string.Join(", ", hosts)}: the reasons stand above.\n  → Mend that and run the same command again, or leave out a host that is down: "
            + $"`--skip-host {string.Join(' ', hosts)}`."
    )
{
    /// <summary>The hosts that failed.</summary>
    public ImmutableArray<string> Hosts { get; } = hosts;
}

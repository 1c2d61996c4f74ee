using Lotse.Execution.Ports;
using Lotse.Hosts.Ssh.Access;

namespace Lotse.Hosts.Ssh;

/// <summary>Connects to servers over SSH, once to each, and keeps the connections until it is disposed.</summary>
/// <param name="dialer">Connects.</param>
/// <param name="storeName">The name of the service's store on each of them.</param>
/// <param name="proxy">Makes a host's proxy out of its name and engine.</param>
/// <param name="time">The clock.</param>
/// <param name="warn">Hears of what need not end a run: the host, and what there is to say.</param>
public sealed class SshHosts(
    SshDialer dialer,
    string storeName,
    Func<string, IContainerEngine, IEdgeProxy> proxy,
    TimeProvider time,
    Action<string, string>? warn = null
) : IHostConnector, IAsyncDisposable
{
    private static readonly TimeSpan FactsLimit = TimeSpan.FromSeconds(20);
    private readonly Lock sync = new();
    private readonly Dictionary<string, Task<SshHost>> hosts = [];
    private readonly HashSet<string> approached = [];
    private readonly CancellationTokenSource stop = new();

    /// <summary>Begins to connect, and leaves it to <see cref="ConnectAsync"/> to wait and to say what went wrong.</summary>
    public void Approach(IEnumerable<string> names)
    {
        lock (sync)
        {
            foreach (var host in names.Where(name => !hosts.ContainsKey(name)))
            {
                hosts[host] = OpenAsync(host, stop.Token);
                approached.Add(host);
            }
        }
    }

    /// <inheritdoc/>
    public async Task<IHost> ConnectAsync(string host, CancellationToken cancellation)
    {
        Task<SshHost> connecting;
        lock (sync)
        {
            var isFresh = approached.Remove(host);
            if (!hosts.TryGetValue(host, out var known) || (!isFresh && (known.IsFaulted || known.IsCanceled)))
            {
                hosts[host] = known = OpenAsync(host, stop.Token);
            }

            connecting = known;
        }

        return await connecting.WaitAsync(cancellation);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        List<Task<SshHost>> all;
        lock (sync)
        {
            all = [.. hosts.Values];
            hosts.Clear();
        }

        await stop.CancelAsync();
        await Task.WhenAll(all.Select(CloseAsync));
        stop.Dispose();
    }

    private static async Task CloseAsync(Task<SshHost> host)
    {
        // Why one could not be reached was told to whoever asked for it.
        await ((Task)host).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (host.IsCompletedSuccessfully)
        {
            await (await host).DisposeAsync();
        }
    }

    private async Task<SshHost> OpenAsync(string host, CancellationToken cancellation)
    {
        SshConnection Make() => new(host, token => dialer.DialAsync(host, token), time);
        var connection = Make();
        try
        {
            var link = await connection.ConnectAsync(cancellation);
            var command = ShellText.Script(HostFacts.Script, storeName, HostFacts.SharedFolder);
            var asked = time.GetUtcNow();
            var answer = await connection.RunAsync("look at the server", command, null, FactsLimit, cancellation);
            var facts = HostFacts.Parse(answer.Output);
            EngineRight.Require(host, link, facts, answer);
            StateRight.Require(host, link, facts);
            if (StateRight.Judge(link, facts) is { } own)
            {
                warn?.Invoke(host, own);
            }

            var clock = new ServerClock(time, facts.ClockAhead(asked, time.GetUtcNow()));
            return new SshHost(connection, Make, link, facts, clock, storeName, engine => proxy(host, engine));
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}

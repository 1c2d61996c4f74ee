using Lotse.Execution.Ports;
using Lotse.Hosts.Ssh.Access;

namespace Lotse.Hosts.Ssh;

/// <summary>Connects to servers over SSH, once to each, and keeps the connections until it is disposed.</summary>
public sealed class SshHosts(
    SshDialer dialer,
    string storeName,
    Func<string, IContainerEngine, IEdgeProxy> proxy,
    TimeProvider time
) : IHostConnector, IAsyncDisposable
{
    private static readonly TimeSpan FactsLimit = TimeSpan.FromSeconds(20);
    private readonly Lock sync = new();
    private readonly Dictionary<string, Task<SshHost>> hosts = [];

    /// <inheritdoc/>
    public async Task<IHost> ConnectAsync(string host, CancellationToken cancellation)
    {
        Task<SshHost> connecting;
        lock (sync)
        {
            if (!hosts.TryGetValue(host, out var known) || known.IsFaulted || known.IsCanceled)
            {
                hosts[host] = known = OpenAsync(host, cancellation);
            }

            connecting = known;
        }

        return await connecting;
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

        await Task.WhenAll(all.Where(h => h.IsCompletedSuccessfully).Select(async h => await (await h).DisposeAsync()));
    }

    private async Task<SshHost> OpenAsync(string host, CancellationToken cancellation)
    {
        var connection = new SshConnection(host, token => dialer.DialAsync(host, token), time);
        try
        {
            var link = await connection.ConnectAsync(cancellation);
            var command = ShellText.Script(HostFacts.Script) + " </dev/null";
            var answer = await connection.RunAsync("look at the server", command, null, FactsLimit, cancellation);
            var facts = HostFacts.Parse(answer.Output);
            EngineRight.Require(host, link, facts, answer);
            return new SshHost(connection, link, facts, storeName, engine => proxy(host, engine));
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}

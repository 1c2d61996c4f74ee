using System.Collections.Concurrent;
using Lotse.Execution.Ports;
using Lotse.Hosts.Ssh.Access.Dialing;
using Renci.SshNet;

namespace Lotse.Hosts.Ssh.Access;

/// <summary>
/// Connects to hosts over SSH (RFC 4251 to 4254), as <c>ssh:</c> in the configuration and OpenSSH's own files say: through jump hosts, with keys from files,
/// secrets and the agent, and only to servers whose keys are known.
/// </summary>
public sealed class SshDialer(SshSettings settings, TimeProvider time)
{
    /// <summary>sshd drops connections at random when ten wait to be let in (MaxStartups, sshd_config(5)): hosts behind one jump host all begin there.</summary>
    private const int MostOnJumpHost = 8;
    private readonly HopConnector connector = new(settings, time);
    private readonly ConcurrentDictionary<string, SemaphoreSlim> turns = new();

    /// <summary>Connects, checks the host's key and logs in.</summary>
    /// <param name="host">The host as it is configured: <c>host</c>, <c>user@host</c> or <c>user@host:port</c>.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="HostException">The host cannot be reached, is not the one it should be, or does not let the user in.</exception>
    public async Task<SshLink> DialAsync(string host, CancellationToken cancellation) =>
        (await OpenAsync(host, new RouteFinder(settings).Find(host), cancellation))!;

    /// <summary>Connects to each server of a route through the one before it; null when the route is empty.</summary>
    internal async Task<SshLink?> OpenAsync(string host, IReadOnlyList<Hop> route, CancellationToken cancellation)
    {
        var open = new Stack<IAsyncDisposable>();
        (SshClient Client, Hop Hop)? last = null;
        try
        {
            foreach (var hop in route)
            {
                using var turn = hop.IsJump ? await TakeTurnAsync(hop, cancellation) : null;
                var path = await connector.OpenPathAsync(host, hop, last, cancellation);
                open.Push(path);
                var client = await connector.ConnectAsync(host, hop, path, cancellation);
                last = (client, hop);
                open.Push(new SshLink(client, hop.Name, hop.Port, hop.User));
            }
        }
        catch
        {
            await CloseAsync(open);
            throw;
        }

        return last is { } end
            ? new SshLink(end.Client, end.Hop.Name, end.Hop.Port, end.Hop.User, [.. open.Skip(1)])
            : null;
    }

    private async Task<Turn> TakeTurnAsync(Hop jump, CancellationToken cancellation)
    {
        var most = Math.Min(MostOnJumpHost, settings.MostStarts);
        var turn = turns.GetOrAdd(jump.Address, _ => new SemaphoreSlim(most));
        await turn.WaitAsync(cancellation);
        return new Turn(turn);
    }

    private sealed class Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }

    private static async Task CloseAsync(IEnumerable<IAsyncDisposable> open)
    {
        foreach (var one in open)
        {
            await one.DisposeAsync();
        }
    }
}

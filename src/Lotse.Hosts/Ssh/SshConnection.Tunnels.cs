using System.Collections.Concurrent;
using System.Net.Sockets;
using Lotse.Execution.Ports;
using Lotse.Hosts.Ssh.Access;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace Lotse.Hosts.Ssh;

internal sealed partial class SshConnection
{
    private readonly ConcurrentDictionary<int, (SshLink Link, ForwardedPortRemote? Forward)> tunnels = [];
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(5);
    private readonly SemaphoreSlim tunnelTurn = new(1);

    /// <summary>Has the host listen on a free port of its own 127.0.0.1 and carries what connects there to a port of this machine's.</summary>
    /// <returns>The port on the host, the same each time as long as the connection holds; null when the host does not allow it.</returns>
    /// <exception cref="HostException">The connection broke.</exception>
    public async Task<int?> ForwardAsync(int localPort, CancellationToken cancellation)
    {
        var link = await links.GetAsync(cancellation);
        await tunnelTurn.WaitAsync(cancellation);
        try
        {
            if (!tunnels.TryGetValue(localPort, out var tunnel) || tunnel.Link != link)
            {
                tunnels[localPort] = tunnel = (link, await BeginForwardAsync(link, localPort, cancellation));
            }

            return (int?)tunnel.Forward?.BoundPort;
        }
        finally
        {
            tunnelTurn.Release();
        }
    }

    /// <summary>Whether a tunnel that was begun broke since, with its connection.</summary>
    public bool HasLostForwards =>
        tunnels.Values.Any(t => t.Forward is not null && !IsUp(t.Link, links.DeathOf(t.Link)));

    /// <summary>Ends all that <see cref="ForwardAsync"/> began: whoever is on the host reaches nothing of this machine any more. They can be begun anew.</summary>
    public async Task EndForwardsAsync(CancellationToken cancellation)
    {
        await tunnelTurn.WaitAsync(cancellation);
        try
        {
            foreach (var (link, forward) in tunnels.Values.Where(t => t.Forward is not null).ToList())
            {
                await EndForwardAsync(link, forward!, cancellation);
            }

            tunnels.Clear();
        }
        finally
        {
            tunnelTurn.Release();
        }
    }

    /// <summary>One of a connection that broke has ended with it.</summary>
    private async Task EndForwardAsync(SshLink link, ForwardedPortRemote forward, CancellationToken cancellation)
    {
        using var expiry = new CancellationTokenSource(EndLimit, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(
            cancellation,
            links.DeathOf(link),
            expiry.Token
        );
        try
        {
            await Blocking.RunAsync(forward.Dispose, linked.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested) { }
        catch (Exception broken) when (IsBroken(broken)) { }
    }

    private async Task<ForwardedPortRemote?> BeginForwardAsync(
        SshLink link,
        int localPort,
        CancellationToken cancellation
    )
    {
        var forward = new ForwardedPortRemote("127.0.0.1", 0, "127.0.0.1", (uint)localPort);
        void Begin()
        {
            link.Client.AddForwardedPort(forward);
            forward.Start();
        }

        var death = links.DeathOf(link);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, death);
        try
        {
            await Blocking.RunAsync(Begin, linked.Token);
            return forward;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw Broken(link, "open a tunnel for images", Cause(link), null);
        }
        catch (SshException refused) when (IsRefusal(refused) && link.Client.IsConnected)
        {
            // RFC 4254, 7.1.
            forward.Dispose();
            return null;
        }
        catch (Exception broken) when (IsBroken(broken))
        {
            throw Broken(link, "open a tunnel for images", links.CauseOf(link) ?? broken.Message, broken);
        }
    }
}

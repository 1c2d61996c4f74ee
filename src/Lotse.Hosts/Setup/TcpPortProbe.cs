using System.Net.Sockets;
using Lotse.Execution.Ports;

namespace Lotse.Hosts.Setup;

/// <summary>Tries TCP ports by connecting to them.</summary>
public sealed class TcpPortProbe(TimeProvider time) : IPortProbe
{
    /// <inheritdoc/>
    public async Task<PortAnswer> ProbeAsync(string address, int port, TimeSpan limit, CancellationToken cancellation)
    {
        using var expiry = new CancellationTokenSource(limit, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, expiry.Token);
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(address, port, linked.Token);
            return PortAnswer.Open;
        }
        catch (SocketException failure)
        {
            // A router may also say that a port is closed to all (unreachable): then packets do not reach it.
            return failure.SocketErrorCode == SocketError.ConnectionRefused ? PortAnswer.Refused : PortAnswer.Silent;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return PortAnswer.Silent;
        }
    }
}

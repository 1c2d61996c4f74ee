using System.Net;
using System.Net.Sockets;

namespace Lotse.Hosts.Images.Bases;

/// <summary>
/// Finds out quickly whether a registry can be reached at all: its name resolves and its port accepts. An engine asked to pull
/// from one that cannot may try for minutes.
/// </summary>
internal sealed class RegistryProbe(TimeSpan deadline, TimeProvider time)
{
    /// <summary>Null when it can be reached, otherwise why not.</summary>
    public async Task<string?> FindObstacleAsync(ImageName image, CancellationToken cancellation)
    {
        var (host, port) = image.Endpoint;
        using var timeout = new CancellationTokenSource(deadline, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeout.Token);
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(host, both.Token);
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(addresses, port, both.Token);
            return null;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return $"{host} does not answer within {deadline.TotalSeconds:0.#} s";
        }
        catch (SocketException error)
        {
            return error.SocketErrorCode switch
            {
                SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain =>
                    $"the name {host} is not known here",
                SocketError.NetworkUnreachable or SocketError.HostUnreachable => $"there is no route to {host}",
                _ => $"{host}:{port}: {error.Message}",
            };
        }
    }
}

using System.Net;
using System.Net.Sockets;

namespace Lotse.Hosts.Ssh.Access.Dialing;

/// <summary>Finds the addresses of a name.</summary>
internal static class NameLookup
{
    private const int Tries = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>All addresses, in the system's order; a lookup that failed for the moment is tried again.</summary>
    /// <exception cref="SocketException">The name is not known.</exception>
    /// <exception cref="TimeoutException">No name server has answered in time.</exception>
    public static async Task<IReadOnlyList<IPAddress>> FindAsync(
        string name,
        TimeSpan limit,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        if (IPAddress.TryParse(name, out var address))
        {
            return [address];
        }

        for (var tried = 1; ; tried++)
        {
            try
            {
                return await Dns.GetHostAddressesAsync(name, cancellation).WaitAsync(limit, time, cancellation);
            }
            catch (SocketException failure) when (failure.SocketErrorCode == SocketError.TryAgain && tried < Tries)
            {
                await Task.Delay(Pause, time, cancellation);
            }
        }
    }
}

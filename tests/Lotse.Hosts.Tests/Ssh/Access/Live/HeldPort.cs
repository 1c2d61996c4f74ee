using System.Net;
using System.Net.Sockets;

namespace Lotse.Hosts.Tests.Ssh.Access.Live;

/// <summary>
/// A port of 127.0.0.1 that nobody else is given. One that is only looked up and let go of may be another program's before it is used: the system hands out free
/// ports at random, and other tests ask for some all the time. Nobody listens on this one until the server does that it is held for: that may, since both sockets
/// are marked SO_REUSEADDR (socket(7)), as .NET marks what it binds.
/// </summary>
internal sealed class HeldPort : IDisposable
{
    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public HeldPort() => socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    public int Number => ((IPEndPoint)socket.LocalEndPoint!).Port;

    public void Dispose() => socket.Dispose();
}

using System.Net;
using System.Net.Sockets;
using Gocatest.Configuration;

namespace Gocatest.Tests.Support;

/// <summary>Databases that are not there.</summary>
internal static class Databases
{
    /// <summary>Nothing listens on port 1 of the loopback address.</summary>
    public static DatabaseSettings Refusing { get; } = At(1);

    public static DatabaseSettings At(int port) =>
        new()
        {
            Host = "127.0.0.1",
            Port = port,
            User = "nobody",
            Name = "nothing",
            Password = "",
        };

    /// <summary>Accepts connections (by its backlog) and never says a word.</summary>
    public static TcpListener Silent()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }
}

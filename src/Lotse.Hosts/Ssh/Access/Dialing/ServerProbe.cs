using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Lotse.Hosts.Ssh.Access.Dialing;

/// <summary>After a failure: looks whether anything answers at an address, and what it says first.</summary>
internal static class ServerProbe
{
    private const int LongestWord = 200;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <summary>Connects, says hello as an SSH client does, and reads what comes.</summary>
    /// <returns>Null when nothing accepts the connection; else what was said, empty when nothing was.</returns>
    public static async Task<string?> AskAsync(IPEndPoint endPoint, TimeProvider time, CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        var isConnected = false;
        try
        {
            await socket.ConnectAsync(endPoint, either.Token);
            isConnected = true;
            await socket.SendAsync("SSH-2.0-Lotse\r\n\r\n"u8.ToArray(), either.Token);
            var buffer = new byte[LongestWord];
            var count = await socket.ReceiveAsync(buffer, either.Token);
            return FirstLine(Encoding.ASCII.GetString(buffer, 0, count));
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
            return isConnected ? "" : null;
        }
    }

    private static string FirstLine(string text) =>
        new([.. text.Split('\n')[0].Trim().Select(c => char.IsControl(c) ? '?' : c)]);
}

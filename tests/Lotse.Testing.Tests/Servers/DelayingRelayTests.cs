using System.Net;
using System.Net.Sockets;
using Lotse.Testing.Servers;

namespace Lotse.Testing.Tests.Servers;

public sealed class DelayingRelayTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_direction_takes_the_delay_and_each_answer_is_a_round_trip()
    {
        const int asked = 3;
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var oneWay = TimeSpan.FromMilliseconds(20.3);
        var time = new JumpingTime();
        var port = ((IPEndPoint)server.LocalEndpoint).Port;
        await using var relay = DelayingRelay.Start("127.0.0.1", port, oneWay, time);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, relay.Port, Token);
        using var accepted = await server.AcceptTcpClientAsync(Token);
        var echo = accepted.GetStream().CopyToAsync(accepted.GetStream(), Token);
        var begun = time.GetTimestamp();

        for (var i = 0; i < asked; i++)
        {
            await client.GetStream().WriteAsync(new byte[100], Token);
            await client.GetStream().ReadExactlyAsync(new byte[100], Token);
        }

        var delays = time.GetElapsedTime(begun);
        Assert.InRange(delays, asked * 2 * oneWay, asked * 2 * TimeSpan.FromMilliseconds(21));
        Assert.Equal(new RelayTraffic(asked * 100, asked * 100, asked), relay.Traffic);
        client.Client.Shutdown(SocketShutdown.Send);
        await echo;
    }

    [Fact]
    public async Task What_is_under_way_together_arrives_together()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var port = ((IPEndPoint)server.LocalEndpoint).Port;
        await using var relay = DelayingRelay.Start("127.0.0.1", port, TimeSpan.FromSeconds(1), TimeProvider.System);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, relay.Port, Token);
        using var accepted = await server.AcceptTcpClientAsync(Token);
        var sent = new byte[1 << 20];
        for (var i = 0; i < sent.Length; i++)
        {
            sent[i] = (byte)(i * 31 >> 3);
        }

        await client.GetStream().WriteAsync(sent, Token);
        var arrived = new byte[sent.Length];
        await accepted.GetStream().ReadExactlyAsync(arrived, Token);

        Assert.Equal(sent, arrived);
        Assert.Equal(0, relay.Traffic.RoundTrips);
    }
}

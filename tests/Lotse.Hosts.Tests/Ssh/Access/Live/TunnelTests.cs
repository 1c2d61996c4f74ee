using System.Net;
using System.Net.Sockets;

namespace Lotse.Hosts.Tests.Ssh.Access.Live;

/// <summary>
/// A tunnel to a port of this machine's, by which images travel. Whoever ends a transfer before its end, as an engine does whose disk is full, may cost the
/// connection that it goes over: sshd ends one on which something is sent for a channel that it has closed (RFC 4254, section 5.3), and SSH.NET does so now and then.
/// </summary>
public sealed class TunnelTests : IAsyncLifetime
{
    private const int Pieces = 100;
    private const int BytesInPiece = 4000;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private readonly CancellationTokenSource stop = new();
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private LiveConnection live = null!;
    private Task serving = Task.CompletedTask;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private int LocalPort => ((IPEndPoint)listener.LocalEndpoint).Port;

    public async ValueTask InitializeAsync()
    {
        live = await LiveConnection.StartAsync(settings => settings);
        listener.Start();
        serving = ServeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await live.DisposeAsync();
        await stop.CancelAsync();
        await serving;
        listener.Dispose();
        stop.Dispose();
    }

    [Fact]
    public async Task One_that_broke_says_so_and_is_made_anew()
    {
        var port = Assert.NotNull(await live.Connection.ForwardAsync(LocalPort, Token));
        await TransferAsync(port);
        Assert.False(live.Connection.HasLostForwards);

        await live.BreakAsync();
        await LostAsync();

        var again = Assert.NotNull(await live.Connection.ForwardAsync(LocalPort, Token));
        Assert.False(live.Connection.HasLostForwards);
        await TransferAsync(again);
    }

    /// <summary>Whether they cost the connection is chance, and rare on a busy machine.</summary>
    [Fact]
    public async Task Those_who_leave_early_cost_the_others_no_more_than_a_new_one()
    {
        var port = Assert.NotNull(await live.Connection.ForwardAsync(LocalPort, Token));
        for (var leaver = 0; leaver < 100; leaver++)
        {
            await LeaveEarlyAsync(port);
        }

        while (true)
        {
            port = Assert.NotNull(await live.Connection.ForwardAsync(LocalPort, Token));
            try
            {
                await TransferAsync(port);
                return;
            }
            catch (Exception cut) when (cut is SocketException or IOException)
            {
                // What is cut without a connection that is lost fails the test, by never ending.
                await LostAsync();
            }
        }
    }

    [Fact]
    public async Task Closed_it_ends_and_what_comes_next_connects_again()
    {
        var link = await live.Connection.ConnectAsync(Token);
        var port = await live.Connection.ForwardAsync(LocalPort, Token);

        Assert.True(await IsAnsweredAsync(port!.Value));

        await live.Connection.EndForwardsAsync(Token);
        await live.Connection.CloseAsync();

        Assert.False(live.Connection.HasLostForwards);
        Assert.False(await IsAnsweredAsync(port.Value));
        Assert.Equal("here\n", (await live.Connection.RunAsync("go on", "echo here", null, Limit, Token)).Output);
        Assert.NotSame(link, await live.Connection.ConnectAsync(Token));
    }

    private static async Task TransferAsync(int port)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, Token);
        await client.GetStream().WriteAsync("GET"u8.ToArray(), Token);
        await client.GetStream().ReadExactlyAsync(new byte[Pieces * BytesInPiece], Token);
    }

    /// <summary>
    /// Not whether a connection is refused: a shell that sshd is starting begins as a copy of the process that listens, and keeps the port for that moment. Nobody
    /// takes what comes there.
    /// </summary>
    private static async Task<bool> IsAnsweredAsync(int port)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port, Token);
            await client.GetStream().WriteAsync("GET"u8.ToArray(), Token);
            return await client.GetStream().ReadAsync(new byte[1], Token) > 0;
        }
        catch (Exception refused) when (refused is SocketException or IOException)
        {
            return false;
        }
    }

    /// <summary>A connection is known to be lost a moment after what goes over it was cut.</summary>
    private async Task LostAsync()
    {
        while (!live.Connection.HasLostForwards)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
        }
    }

    /// <summary>Asks for much, takes some of it, and goes without a goodbye.</summary>
    private static async Task LeaveEarlyAsync(int port)
    {
        try
        {
            using var client = new TcpClient { LingerState = new LingerOption(true, 0) };
            await client.ConnectAsync(IPAddress.Loopback, port, Token);
            await client.GetStream().WriteAsync("GET"u8.ToArray(), Token);
            await client.GetStream().ReadExactlyAsync(new byte[20_000], Token);
        }
        catch (Exception gone) when (gone is SocketException or IOException)
        {
            // The tunnel is, which is what is waited for.
        }
    }

    private async Task ServeAsync()
    {
        var answers = new List<Task>();
        try
        {
            while (true)
            {
                answers.Add(AnswerAsync(await listener.AcceptTcpClientAsync(stop.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(answers);
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using var _ = client;
        try
        {
            var stream = client.GetStream();
            await stream.ReadExactlyAsync(new byte[3], stop.Token);
            for (var piece = 0; piece < Pieces; piece++)
            {
                await stream.WriteAsync(new byte[BytesInPiece], stop.Token);
            }
        }
        catch (Exception gone) when (gone is SocketException or IOException or OperationCanceledException)
        {
            // It left, or the test is over.
        }
    }
}

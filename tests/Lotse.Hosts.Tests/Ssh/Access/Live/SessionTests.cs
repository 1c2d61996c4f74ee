using System.Net;
using System.Net.Sockets;
using Lotse.Execution.Ports;

namespace Lotse.Hosts.Tests.Ssh.Access.Live;

/// <summary>The few channels that a connection has.</summary>
public sealed class SessionTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Shells that wait for commands take what there is: commands must find them, and not ask for more.</summary>
    [Fact]
    public async Task A_server_that_allows_few_sessions_runs_one_command_after_the_other()
    {
        await using var live = await LiveConnection.StartAsync(settings => settings, "MaxSessions 2");

        for (var turn = 0; turn < 12; turn++)
        {
            var result = await live.Connection.RunAsync("count", $"echo {turn}", null, Limit, Token);
            Assert.Equal($"{turn}\n", result.Output);
        }
    }

    /// <summary>Hardened servers allow one or two on a connection; a deploy wants some ten.</summary>
    [Theory]
    [RepresentedBy("1 and 2, as hardened servers have it: the fewest, and the fewest that leave one beside a stream")]
    [InlineData(1)]
    [InlineData(2)]
    [AllOnlyData(4)]
    public async Task Where_it_allows_fewer_than_are_wanted_others_go_over_further_connections(int most)
    {
        await using var live = await LiveConnection.StartAsync(settings => settings, $"MaxSessions {most}");

        var streams = await Task.WhenAll(
            Enumerable.Range(0, 7).Select(_ => live.Connection.OpenStreamAsync("open", "cat", Token))
        );
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 5)
                .Select(n => live.Connection.RunAsync("count", $"cat; echo {n}", [(byte)'#'], Limit, Token))
        );

        Assert.Equal(["#0\n", "#1\n", "#2\n", "#3\n", "#4\n"], answers.Select(a => a.Output));
        foreach (var stream in streams)
        {
            await AssertEchoesAsync(stream);
            await stream.DisposeAsync();
        }
    }

    [Fact]
    public async Task Where_a_further_connection_is_refused_it_is_said_why_one_is_wanted()
    {
        await using var live = await LiveConnection.StartAsync(settings => settings, "MaxSessions 1");
        await using var one = await live.Connection.OpenStreamAsync("open", "cat", Token);
        live.NoFurther = new HostException(HostFailure.Unreachable, "one", "connect", "the firewall drops it", "Wait.");

        var refused = await Assert.ThrowsAsync<HostException>(() =>
            live.Connection.RunAsync("run", "true", null, Limit, Token)
        );

        Assert.Equal("run", refused.Action);
        Assert.Equal(
            "sshd opens no more than 1 session(s) on a connection, and a further connection failed: the firewall drops it",
            refused.Evidence
        );
        Assert.Contains("MaxSessions 10", refused.Cure, StringComparison.Ordinal);
        await AssertEchoesAsync(one);
    }

    [Fact]
    public async Task Where_it_allows_none_the_setting_is_named()
    {
        await using var live = await LiveConnection.StartAsync(settings => settings, "MaxSessions 0");

        var refused = await Assert.ThrowsAsync<HostException>(() =>
            live.Connection.RunAsync("run", "true", null, Limit, Token)
        );

        Assert.Contains("opens no session", refused.Evidence, StringComparison.Ordinal);
        Assert.Contains("MaxSessions 10", refused.Cure, StringComparison.Ordinal);
    }

    /// <summary>Health gates of several roles wait on a host at once, and its lease is renewed meanwhile.</summary>
    [Fact]
    public async Task Commands_that_take_long_leave_a_way_for_those_that_do_not()
    {
        await using var live = await LiveConnection.StartAsync(settings => settings);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var waiting = Enumerable
            .Range(0, 3)
            .Select(_ => live.Connection.RunAsync("wait", "sleep 600", null, Limit, stop.Token, isLong: true))
            .ToList();

        var result = await live.Connection.RunAsync("renew", "echo done", null, Limit, Token);

        Assert.Equal("done\n", result.Output);
        Assert.All(waiting, command => Assert.False(command.IsCompleted));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(waiting));
    }

    [Fact]
    public async Task A_tunnel_that_was_ended_leads_nowhere_and_can_be_begun_anew()
    {
        await using var live = await LiveConnection.StartAsync(settings => settings);
        using var here = new TcpListener(IPAddress.Loopback, 0);
        here.Start();
        var port = ((IPEndPoint)here.LocalEndpoint).Port;
        var there = Assert.NotNull(await live.Connection.ForwardAsync(port, Token));
        Assert.True(await LeadsToAsync(here, there));

        await live.Connection.EndForwardsAsync(Token);

        Assert.False(await LeadsToAsync(here, there));
        var anew = Assert.NotNull(await live.Connection.ForwardAsync(port, Token));
        Assert.True(await LeadsToAsync(here, anew));
    }

    private static async Task AssertEchoesAsync(Stream stream)
    {
        await stream.WriteAsync("hello"u8.ToArray(), Token);
        var echo = new byte[5];
        await stream.ReadExactlyAsync(echo, Token);
        Assert.Equal("hello"u8.ToArray(), echo);
    }

    /// <summary>
    /// Not whether a connection is refused: a shell that sshd is starting begins as a copy of the process that listens, and keeps the port for that moment. Nobody
    /// takes what comes there, and its end is told.
    /// </summary>
    private static async Task<bool> LeadsToAsync(TcpListener here, int port)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port, Token);
            var ended = client.GetStream().ReadAsync(new byte[1], over.Token).AsTask();
            var arrived = here.AcceptTcpClientAsync(over.Token).AsTask();
            var first = await Task.WhenAny(arrived, ended);
            await over.CancelAsync();
            using var taken = first == arrived ? await arrived : null;
            return taken is not null;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

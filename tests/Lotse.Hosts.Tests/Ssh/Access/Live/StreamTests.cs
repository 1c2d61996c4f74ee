using System.Text;
using Lotse.Execution.Ports;
using Lotse.Hosts.Docker;

namespace Lotse.Hosts.Tests.Ssh.Access.Live;

/// <summary>Much that is sent to a command: images go so where a server forbids the tunnel.</summary>
public sealed class StreamTests
{
    /// <summary>More than a server takes from a channel whose command reads nothing.</summary>
    private static readonly byte[] Much = new byte[16 << 20];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>SSH.NET has one limit for a login and for a server that takes nothing just now (RFC 4254, 5.2).</summary>
    [Fact]
    public async Task Much_is_taken_in_pieces_and_each_may_wait_for_longer_than_a_login()
    {
        await using var live = await LiveConnection.StartAsync(settings => settings);
        var link = await live.Connection.ConnectAsync(Token);
        Assert.InRange(link.Client.ConnectionInfo.Timeout, TimeSpan.FromMinutes(10), TimeSpan.MaxValue);
        await using var stream = await live.Connection.OpenStreamAsync("send", $"head -c {Much.Length} | wc -c", Token);

        await stream.WriteAsync(Much, Token);
        await stream.FlushAsync(Token);

        using var answer = new StreamReader(stream);
        Assert.Equal($"{Much.Length}", (await answer.ReadLineAsync(Token))?.Trim());
    }

    [AllOnly(
        "StreamTests.Much_is_taken_in_pieces_and_each_may_wait_for_longer_than_a_login: what is waited for here is SSH.NET's limit, and that one looks at what it is set to"
    )]
    [Fact]
    public async Task A_server_that_takes_nothing_for_longer_than_a_login_may_take_is_waited_for()
    {
        var login = TimeSpan.FromSeconds(10);
        await using var live = await LiveConnection.StartAsync(settings =>
            settings with
            {
                ConnectTimeout = login,
                LoginTimeout = login,
            }
        );
        var command = $"sh -c 'sleep {login.TotalSeconds + 2}; head -c {Much.Length} | wc -c'";
        await using var stream = await live.Connection.OpenStreamAsync("send", command, Token);

        await stream.WriteAsync(Much, Token);
        await stream.FlushAsync(Token);

        using var answer = new StreamReader(stream);
        Assert.Equal($"{Much.Length}", (await answer.ReadLineAsync(Token))?.Trim());
    }

    /// <summary>A step that failed so is tried again.</summary>
    [Fact]
    public async Task A_connection_that_breaks_while_the_server_takes_nothing_is_told_as_one()
    {
        await using var live = await LiveConnection.StartAsync(settings => settings);
        await using var stream = await live.Connection.OpenStreamAsync(
            "send",
            "sh -c 'echo $$; exec sleep 600'",
            Token
        );
        var told = new byte[20];
        var process = Encoding.ASCII.GetString(told, 0, await stream.ReadAsync(told, Token)).Trim();
        var writing = stream.WriteAsync(Much, Token).AsTask();

        await LiveConnection.BreakAsync(process);

        var broken = await Assert.ThrowsAsync<IOException>(() => writing);
        var failure = Assert.IsType<HostException>(broken.InnerException);
        Assert.Equal((HostFailure.Unreachable, "one"), (failure.Failure, failure.Host));
        var translated = await Assert.ThrowsAsync<HostException>(() =>
            EngineErrors.TranslateAsync<bool>("one", "load app:1", () => throw new HttpRequestException("no", broken))
        );
        Assert.Equal((HostFailure.Unreachable, "load app:1"), (translated.Failure, translated.Action));
    }

    [Fact]
    public async Task Who_gives_up_does_not_wait_for_a_server_that_takes_nothing()
    {
        await using var live = await LiveConnection.StartAsync(settings => settings);
        await using var stream = await live.Connection.OpenStreamAsync("send", "sleep 600", Token);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var writing = stream.WriteAsync(Much, stop.Token).AsTask();

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
    }
}

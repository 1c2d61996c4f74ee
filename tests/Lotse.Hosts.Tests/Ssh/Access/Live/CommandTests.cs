using System.Diagnostics;
using System.Reflection;
using System.Text;
using Lotse.Configuration;
using Lotse.Execution.Ports;
using Lotse.Hosts.Ssh;
using Microsoft.Extensions.Time.Testing;
using Renci.SshNet;
using Renci.SshNet.Messages;

namespace Lotse.Hosts.Tests.Ssh.Access.Live;

/// <summary>Commands on a connection: each is written to a shell that waited for one.</summary>
public sealed class CommandTests : IAsyncLifetime
{
    private const string Odd = "it's \"50 %\" \\n \\\\ $HOME `id` -\nsecond\tline %s \\0101 ü";

    /// <summary>Only that a test ends which would not: no command here takes long, not even on a busy machine.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private readonly AccessWorld world = new();
    private SshServer server = null!;
    private SshConnection connection = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        server = await SshServer.StartAsync(world.Root, ["ed25519"], "MaxSessions 10");
        world.Pin(server.KnownHost());
        server.Authorize(world.Key("own") + ".pub");
        connection = Connection(TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        await connection.DisposeAsync();
        await server.DisposeAsync();
        world.Dispose();
    }

    [Fact]
    public async Task A_command_arrives_as_it_is_with_all_of_its_input()
    {
        var command = ShellText.Script("printf '%s|' \"$1\"; cat; printf wrong >&2; exit 7", Odd);
        var input = new byte[200_000];
        Array.Fill(input, (byte)'x');

        for (var turn = 0; turn < 4; turn++)
        {
            var result = await connection.RunAsync("echo", command, input, Limit, Token);

            Assert.Equal((7, "wrong"), (result.ExitCode, result.Error));
            Assert.Equal($"{Odd}|{new string('x', input.Length)}", result.Output);
        }
    }

    [Fact]
    public async Task A_command_without_input_reads_an_end()
    {
        for (var turn = 0; turn < 3; turn++)
        {
            var result = await connection.RunAsync("read", "cat; echo read", null, Limit, Token);
            Assert.Equal((0, "read\n"), (result.ExitCode, result.Output));
        }
    }

    /// <summary>
    /// As an HTTP client ends a read: it closes the stream. The server is stopped, so that it answers nothing to that; and the clock stands, so that the connection is
    /// not taken for dead, which would let go of the reader as well.
    /// </summary>
    [Fact]
    public async Task Who_reads_a_stream_is_let_go_when_it_is_closed_whatever_the_server_does()
    {
        await using var timeless = Connection(new FakeTimeProvider());
        await using var stream = await timeless.OpenStreamAsync("open", "sh -c 'echo $$; exec cat'", Token);
        var told = new byte[20];
        var session = SessionOf(Encoding.ASCII.GetString(told, 0, await stream.ReadAsync(told, Token)).Trim());
        await SignalAsync("-STOP", session);
        try
        {
            var reading = stream.ReadAsync(new byte[10], CancellationToken.None).AsTask();
            await stream.DisposeAsync();
            await Assert.ThrowsAsync<ObjectDisposedException>(() =>
                reading.WaitAsync(Limit, TimeProvider.System, Token)
            );
        }
        finally
        {
            await SignalAsync("-CONT", session);
        }
    }

    [Fact]
    public async Task The_next_command_runs_on_a_shell_that_was_there_before_it()
    {
        await connection.RunAsync("begin", "true", null, Limit, Token);
        var waiting = WaitingShells();
        while (waiting.Count < SshConnection.MostChannels)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
            waiting = WaitingShells();
        }

        var next = await connection.RunAsync("look", "echo $$", null, Limit, Token);

        Assert.Contains(next.Output.TrimEnd(), waiting);
    }

    [Fact]
    public async Task Many_commands_at_once_all_get_their_answers()
    {
        var results = await Task.WhenAll(
            Enumerable.Range(0, 40).Select(n => connection.RunAsync("count", $"cat; echo {n}", [], Limit, Token))
        );
        Assert.Equal(Enumerable.Range(0, 40).Select(n => new CommandResult(0, $"{n}\n", "")), results);
    }

    /// <summary>
    /// sshd ends the whole connection when it hears of a channel that it has closed already (RFC 4254, 5.3, as OpenSSH reads it), as it would when the end of an input
    /// is told for a command that has just ended.
    /// </summary>
    [Fact]
    public async Task The_end_of_an_input_is_told_by_no_message()
    {
        await using var live = await LiveConnection.StartAsync(settings => settings, "LogLevel DEBUG2");
        byte[]?[] inputs = [null, [], [(byte)'x'], new byte[100_000]];
        foreach (var input in inputs)
        {
            await live.Connection.RunAsync("read all", "cat >/dev/null", input, Limit, Token);
            await live.Connection.RunAsync("do nothing", ":", input, Limit, Token);
        }

        while (live.Log.Count(l => l.Contains("rcvd close", StringComparison.Ordinal)) < 2 * inputs.Length)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
        }

        Assert.DoesNotContain(live.Log, l => l.Contains("rcvd eof", StringComparison.Ordinal));
    }

    [AllOnly(
        "CommandTests.The_end_of_an_input_is_told_by_no_message: that is what costs a connection, in one of hundreds of commands; without it none does"
    )]
    [Fact]
    public async Task Commands_that_end_at_once_do_not_cost_the_connection()
    {
        var link = await connection.ConnectAsync(Token);

        await Parallel.ForEachAsync(
            Enumerable.Range(0, 500),
            new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Token },
            async (n, token) =>
                Assert.Equal(0, (await connection.RunAsync("do nothing", ":", null, Limit, token)).ExitCode)
        );

        Assert.Same(link, await connection.ConnectAsync(Token));
    }

    /// <summary>It is brought to it by a message for a channel that there is not.</summary>
    [Fact]
    public async Task What_a_server_says_when_it_ends_the_connection_is_told()
    {
        var link = await connection.ConnectAsync(Token);
        await using var stream = await connection.OpenStreamAsync("listen", "cat", Token);

        SendEndOfInput(link.Client, channel: 4711);

        var broken = await Assert.ThrowsAsync<IOException>(() => stream.ReadAsync(new byte[10], Token).AsTask());
        var told = Assert.IsType<HostException>(broken.InnerException).Message;
        Assert.Matches(@"^\[one\] listen: the SSH connection to .* failed: the server ended it: .*channel", told);
    }

    /// <summary>SSH.NET keeps to itself what sends a message; by what it offers to others it sends a wrong one by chance only, when a command ends just then.</summary>
    private static void SendEndOfInput(SshClient client, uint channel)
    {
        const BindingFlags All = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        var kind = typeof(SshClient).Assembly.GetType("Renci.SshNet.Messages.Connection.ChannelEofMessage", true)!;
        var message = Activator.CreateInstance(kind, All, null, [channel], null);
        var session = typeof(BaseClient).GetProperty("Session", All)!.GetValue(client)!;
        session.GetType().GetMethod("SendMessage", All, [typeof(Message)])!.Invoke(session, [message]);
    }

    [Fact]
    public async Task After_the_connection_was_lost_commands_run_on_a_new_one()
    {
        await connection.RunAsync("warm up", "true", null, Limit, Token);
        var link = await connection.ConnectAsync(Token);
        link.Client.Disconnect();

        var result = await connection.RunAsync("go on", "echo here", null, Limit, Token);

        Assert.Equal((0, "here\n"), (result.ExitCode, result.Output));
    }

    private SshConnection Connection(TimeProvider time)
    {
        var config = new SshConfig
        {
            User = SshServer.User,
            Port = server.Port,
            Keys = ["~/.ssh/own"],
        };
        return new SshConnection("one", _ => world.DialAsync("127.0.0.1", config), time);
    }

    /// <summary>The processes that wait for a command of this test's connection, by the port that sshd(8) tells them.</summary>
    private List<string> WaitingShells() =>
        [
            .. Directory
                .EnumerateDirectories("/proc")
                .Where(p =>
                    Read(p, "cmdline").StartsWith("sh\0-c\0", StringComparison.Ordinal)
                    && Read(p, "cmdline").Contains("read -r line", StringComparison.Ordinal)
                    && Read(p, "environ").Contains($" 127.0.0.1 {server.Port}\0", StringComparison.Ordinal)
                )
                .Select(p => Path.GetFileName(p)),
        ];

    /// <summary>The process of sshd's that a command was started by.</summary>
    private static string SessionOf(string process)
    {
        var parent = Read($"/proc/{process}", "status")
            .Split('\n')
            .Single(l => l.StartsWith("PPid:", StringComparison.Ordinal))[5..]
            .Trim();
        return Read($"/proc/{parent}", "comm").StartsWith("sshd", StringComparison.Ordinal)
            ? parent
            : SessionOf(parent);
    }

    private static async Task SignalAsync(string signal, string process)
    {
        using var kill = Process.Start("kill", [signal, process]);
        await kill.WaitForExitAsync(Token);
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>Empty for a process that is gone, and for what is no process.</summary>
    private static string Read(string process, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, file));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}

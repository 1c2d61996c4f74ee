using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Lotse.Configuration;
using Lotse.Execution.Ports;
using Lotse.Hosts.Ssh;
using Microsoft.Extensions.Time.Testing;
using Renci.SshNet;
using Renci.SshNet.Common;

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

    /// <summary>sshd ends the whole connection when it hears of a channel that it has closed already (RFC 4254, 5.3, as OpenSSH reads it).</summary>
    [Theory]
    [RepresentedBy("a hundred: by then a connection whose inputs are ended by messages has mostly been ended")]
    [InlineData(100)]
    [AllOnlyData(500)]
    public async Task Commands_that_end_at_once_do_not_cost_the_connection(int count)
    {
        var link = await connection.ConnectAsync(Token);

        await Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Token },
            async (n, token) =>
                Assert.Equal(0, (await connection.RunAsync("do nothing", ":", null, Limit, token)).ExitCode)
        );

        Assert.Same(link, await connection.ConnectAsync(Token));
    }

    /// <summary>
    /// It is brought to it by what the test above is about: by the end of an input that comes too late, which takes some attempts. What it says is lost when
    /// something is sent to it that it does not take any more (RFC 9293, section 3.10.7.4); not each time, though.
    /// </summary>
    [Fact]
    public async Task What_a_server_says_when_it_ends_the_connection_is_told()
    {
        var told = new List<string>();
        while (told.Count < 20 && !told.Exists(t => t.Contains("the server ended it: ", StringComparison.Ordinal)))
        {
            var link = await connection.ConnectAsync(Token);
            await using var stream = await connection.OpenStreamAsync("listen", "cat", Token);
            var attempts = 0;
            while (link.Client.IsConnected)
            {
                Assert.InRange(++attempts, 1, 5000);
                await EndLateAsync(link.Client);
            }

            TestContext.Current.TestOutputHelper!.WriteLine($"It took {attempts} commands.");

            var broken = await Assert.ThrowsAsync<IOException>(() => stream.ReadAsync(new byte[10], Token).AsTask());
            told.Add(Assert.IsType<HostException>(broken.InnerException).Message);
        }

        Assert.Matches(@"^\[one\] listen: the SSH connection to .* failed: the server ended it: .*channel", told[^1]);
    }

    private static async Task EndLateAsync(SshClient client)
    {
        try
        {
            using var command = client.CreateCommand(":");
            var ended = command.ExecuteAsync(Token);
            await using (var input = command.CreateInputStream())
            {
                input.Write("\n"u8);
                input.Flush();
            }

            await ended;
        }
        catch (Exception late)
            when (late is SshException or SocketException or InvalidOperationException or ObjectDisposedException)
        {
            // It was too late to be sent, or the connection is what it was to be.
        }
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

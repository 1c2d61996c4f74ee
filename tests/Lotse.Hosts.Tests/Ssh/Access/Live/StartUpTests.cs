using System.Text;
using Lotse.Configuration;
using Lotse.Hosts.Ssh;

namespace Lotse.Hosts.Tests.Ssh.Access.Live;

/// <summary>Servers whose shells say something before a command is theirs: start-up files that greet, accounts that are closed.</summary>
public sealed class StartUpTests
{
    // What sshd does with a user's shell and its start-up files, for this server alone.
    private const string Greets = "ForceCommand echo welcome; echo careful >&2; sh -c \"$SSH_ORIGINAL_COMMAND\"";
    private const string Closed = "ForceCommand echo 'This account is currently not available.'; exit 1";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_start_up_files_write_is_not_taken_for_the_command_s()
    {
        await WithAsync(
            Greets,
            async connection =>
            {
                for (var turn = 0; turn < 3; turn++)
                {
                    var result = await connection.RunAsync("say", "echo said; echo wrong >&2", null, Limit, Token);
                    Assert.Equal((0, "said\n", "wrong\n"), (result.ExitCode, result.Output, result.Error));
                }

                await using var stream = await connection.OpenStreamAsync("open", "cat", Token);
                await stream.WriteAsync("there and back"u8.ToArray(), Token);
                await stream.FlushAsync(Token);
                var back = new byte["there and back".Length];
                await stream.ReadExactlyAsync(back, Token);
                Assert.Equal("there and back", Encoding.UTF8.GetString(back));
            }
        );
    }

    [Fact]
    public async Task What_is_said_instead_of_a_command_is_passed_on()
    {
        await WithAsync(
            Closed,
            async connection =>
            {
                var result = await connection.RunAsync("say", "echo said", null, Limit, Token);
                Assert.Equal((1, "This account is currently not available.\n"), (result.ExitCode, result.Output));
            }
        );
    }

    private static async Task WithAsync(string setting, Func<SshConnection, Task> use)
    {
        using var world = new AccessWorld();
        await using var server = await SshServer.StartAsync(world.Root, ["ed25519"], setting);
        world.Pin(server.KnownHost());
        server.Authorize(world.Key("own") + ".pub");
        var config = new SshConfig
        {
            User = SshServer.User,
            Port = server.Port,
            Keys = ["~/.ssh/own"],
        };
        await using var connection = new SshConnection(
            "one",
            _ => world.DialAsync("127.0.0.1", config),
            TimeProvider.System
        );
        await use(connection);
    }
}

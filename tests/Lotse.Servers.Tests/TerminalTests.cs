using System.Text.Json;
using Lotse.Testing.Processes;

namespace Lotse.Servers.Tests;

/// <summary>Commands on a server that are joined to a person's terminal.</summary>
public sealed class TerminalTests(ServingServer serving) : IClassFixture<ServingServer>
{
    private const int Terminated = 128 + 15;
    private const int Aborted = 128 + 6;

    /// <summary>What ends a connection: the process of sshd that serves it.</summary>
    private const string EndConnections = """
        for process in /proc/[0-9]*; do
          case "$(tr '\0' ' ' 2>/dev/null <$process/cmdline)" in
            sshd*": root"*) kill -9 ${process#/proc/} ;;
          esac
        done
        """;

    [Fact]
    public async Task A_shell_in_the_serving_container_has_the_terminal_its_size_and_its_changes()
    {
        var world = await serving.GetAsync(Token);
        await using var typist = await StartAsync(world, "exec");

        await SeeTerminalAsync(typist);
        await typist.ResizeAsync(rows: 40, columns: 120, Token);
        await typist.TypeAsync(
            "until [ \"$(stty size)\" = '40 120' ]; do sleep 0.1; done; echo grown-$((1 + 1))",
            Token
        );
        await typist.SeeAsync("grown-2", Token);
        await typist.TypeAsync("exit 7", Token);

        await typist.SeeEndAsync(7, Token);
    }

    [Fact]
    public async Task A_container_of_its_own_has_it_too_and_goes_afterwards()
    {
        var world = await serving.GetAsync(Token);
        await using var typist = await StartAsync(world, "one-off");

        await SeeTerminalAsync(typist);
        await typist.TypeAsync("exit 9", Token);

        await typist.SeeEndAsync(9, Token);
        Assert.Equal("", await world.Servers[0].ExecAsync("docker ps --all --quiet --filter name=-exec-", Token));
    }

    [Fact]
    public async Task Ctrl_C_goes_to_the_command_and_not_to_the_deployer()
    {
        var world = await serving.GetAsync(Token);
        await using var typist = await StartAsync(world, "exec");

        await typist.TypeAsync(Catching, Token);
        await typist.SeeAsync("waiting-2", Token);
        await typist.PressAsync("\u0003", Token);
        await typist.SeeAsync("caught-2", Token);
        await typist.TypeAsync("exit 5", Token);

        await typist.SeeEndAsync(5, Token);
    }

    [Fact]
    public async Task A_deployer_that_is_told_to_end_leaves_the_terminal_as_it_was()
    {
        var world = await serving.GetAsync(Token);
        await using var typist = await StartAsync(world, "exec");
        await SeeTerminalAsync(typist);

        await typist.TerminateAsync(Token);

        await typist.SeeEndAsync(Terminated, Token);
    }

    [Fact]
    public async Task A_connection_that_breaks_is_told_on_a_terminal_that_is_as_it_was()
    {
        var world = await serving.GetAsync(Token);
        await using var typist = await StartAsync(world, "exec");
        await SeeTerminalAsync(typist);

        await world.Servers[0].ExecAsync(EndConnections, Token);

        await typist.SeeAsync($"the SSH connection to root@{world.Servers[0].Address}:22 failed", Token);
        await typist.SeeEndAsync(Aborted, Token);
        TestContext.Current.TestOutputHelper?.WriteLine(typist.Shown);
    }

    /// <summary>
    /// A command that says when Ctrl-C would reach it. A plain <c>sleep</c> cannot: the shell that starts it would catch
    /// the signal in its stead for a moment.
    /// </summary>
    private const string Catching =
        "sh -c 'trap \"echo caught-$((1 + 1)); exit 3\" INT; echo waiting-$((1 + 1)); while sleep 1; do :; done'";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Runs a shell.</summary>
    private static async Task<Typist> StartAsync(FleetWorld world, string how)
    {
        var file = Path.Combine(world.Spec.ProjectFolder, "world.json");
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(world.Spec), Token);
        var host = Path.Combine(AppContext.BaseDirectory, "Lotse.EndToEnd.Host.dll");
        return await Typist.StartAsync(world.Spec.ProjectFolder, $"dotnet {host} {file} v1 {how} sh", Token);
    }

    /// <summary>What is typed shows the question; only an answer shows its sum.</summary>
    private static async Task SeeTerminalAsync(Typist typist)
    {
        await typist.TypeAsync("[ -t 0 ] && echo a-terminal-$((40 + 2))", Token);
        await typist.SeeAsync("a-terminal-42", Token);
        await typist.TypeAsync(
            "until [ \"$(stty size)\" = '33 101' ]; do sleep 0.1; done; echo as-large-$((1 + 1))",
            Token
        );
        await typist.SeeAsync("as-large-2", Token);
    }
}

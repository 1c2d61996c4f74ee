using System.Text.Json;
using Lotse.EndToEnd.Host;
using Lotse.Execution.Deployments;
using Lotse.Testing.Processes;
using Lotse.Testing.Waiting;

namespace Lotse.EndToEnd.Tests;

/// <summary>Commands and logs on a real engine.</summary>
public sealed class OperationTests(SharedEngine shared)
{
    private const string Command = "dotnet Lotse.TestApp.dll migrate fail";
    private readonly List<string> lines = [];

    [Fact]
    public async Task Commands_run_in_the_container_or_in_one_of_their_own_and_logs_outlive_a_release()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var world = await shared.CreateAsync(cancellation);
        await world.DeployAsync("first");
        await world.DeployAsync("second");
        var operations = world.Deployer.Operate(new ReleaseSpec("second"));
        var name = $"{world.Spec.Service}-web-second";

        var inside = await operations.ExecAsync(new ExecRequest { Command = Command }, Take, cancellation);
        Assert.Equal([new ExecResult("local", 6)], inside);
        Assert.Equal([$"local migrating to second as {name}"], lines);

        lines.Clear();
        var oneOff = new ExecRequest { Command = Command, IsOneOff = true };
        Assert.Equal([new ExecResult("local", 6)], await operations.ExecAsync(oneOff, Take, cancellation));
        var exec = $"{world.Spec.Service}-exec-second";
        Assert.StartsWith($"local migrating to second as {exec}", Assert.Single(lines), StringComparison.Ordinal);
        Assert.Empty(await world.Engine.ListAsync(exec, cancellation));

        lines.Clear();
        var old = new LogRequest { Release = "first" };
        await operations.ReadLogsAsync(old, Take, cancellation);
        Assert.Contains(lines, l => l.Contains("version first is listening", StringComparison.Ordinal));
        lines.Clear();
        await operations.ReadLogsAsync(old with { Since = DateTimeOffset.UnixEpoch.AddYears(100) }, Take, cancellation);
        Assert.Empty(lines);

        Assert.Empty(await operations.PruneAsync(cancellation));
        await world.AssertAtRestAsync("second");
    }

    [Fact]
    public async Task A_shell_is_joined_to_the_terminal()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var world = await shared.CreateAsync(cancellation);
        await world.DeployAsync("first");
        await using var typist = await Typist.StartAsync(
            world.Spec.ProjectFolder,
            await CommandAsync(world, "exec", cancellation),
            cancellation
        );

        await typist.TypeAsync("[ -t 0 ] && echo a-terminal-$((40 + 2))", cancellation);
        await typist.SeeAsync("a-terminal-42", cancellation);
        await typist.TypeAsync("until [ \"$(stty size)\" = '33 101' ]; do sleep 0.1; done; exit 11", cancellation);

        await typist.SeeEndAsync(11, cancellation);
    }

    [Fact]
    public async Task Where_there_is_no_terminal_that_is_said_and_nothing_is_left()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var world = await shared.CreateAsync(cancellation);
        await world.DeployAsync("first");
        foreach (var how in (string[])["exec", "one-off"])
        {
            var command = await CommandAsync(world, how, cancellation);
            var request = new ProcessRequest { FileName = "sh", Arguments = ["-c", command] };

            var running = TestProcess.RunAsync(request, TestProcess.DefaultLimit, cancellation);
            var ended = await Wait.ForAsync(WaitKind.Command, running);

            Assert.NotEqual((how, 0), (how, ended.ExitCode));
            Assert.Contains("The input is no terminal", ended.Error, StringComparison.Ordinal);
            Assert.Empty(await world.Engine.ListAsync($"{world.Spec.Service}-exec", cancellation));
        }
    }

    /// <summary>A shell in a container, started by a deployer in a process of its own.</summary>
    private static async Task<string> CommandAsync(TestWorld world, string how, CancellationToken cancellation)
    {
        var file = Path.Combine(world.Spec.ProjectFolder, "world.json");
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(world.Spec), cancellation);
        return $"dotnet {Path.Combine(AppContext.BaseDirectory, "Lotse.EndToEnd.Host.dll")} {file} first {how} sh";
    }

    private void Take(string from, string line) => lines.Add($"{from} {line}");
}

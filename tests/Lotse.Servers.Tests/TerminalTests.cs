using System.Text.Json;
using Lotse.Testing.Processes;

namespace Lotse.Servers.Tests;

/// <summary>Commands on a server that are joined to a person's terminal, which here is one that script(1) makes.</summary>
[Collection(SharedServers.OneByOne)]
public sealed class TerminalTests(SharedServers shared)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_shell_in_the_serving_container_has_the_terminal_its_size_and_its_changes()
    {
        await using var world = await shared.CreateAsync(1, Token);
        await world.DeployAsync("v1");
        await using var typist = await Typist.StartAsync(world, "exec sh", Token);

        await typist.TypeAsync("[ -t 0 ] && echo a-terminal-$((40 + 2))");
        await typist.SeeAsync("a-terminal-42");
        await typist.TypeAsync("until [ \"$(stty size)\" = '33 101' ]; do sleep 0.1; done; echo as-large-$((1 + 1))");
        await typist.SeeAsync("as-large-2");
        await typist.ResizeAsync(rows: 40, columns: 120);
        await typist.TypeAsync("until [ \"$(stty size)\" = '40 120' ]; do sleep 0.1; done; echo grown-$((1 + 1))");
        await typist.SeeAsync("grown-2");
        await typist.TypeAsync("exit 7");

        await typist.SeeAsync("ended with 7");
        await typist.SeeAsync("the terminal is as before");
    }

    [Fact]
    public async Task Ctrl_C_goes_to_the_command_and_not_to_the_deployer()
    {
        await using var world = await shared.CreateAsync(1, Token);
        await world.DeployAsync("v1");
        await using var typist = await Typist.StartAsync(world, "exec sh", Token);

        await typist.TypeAsync("echo sleeping-$((1 + 1)); sleep 1000; echo woken-$((1 + 1))");
        await typist.SeeAsync("sleeping-2");
        await typist.TypeAsync("\u0003exit 5");

        await typist.SeeAsync("ended with 5");
        await typist.SeeAsync("the terminal is as before");
    }

    [Fact]
    public async Task A_container_of_its_own_has_it_too_and_goes_afterwards()
    {
        await using var world = await shared.CreateAsync(1, Token);
        await world.DeployAsync("v1");
        await using var typist = await Typist.StartAsync(world, "one-off sh", Token);

        await typist.TypeAsync("[ -t 0 ] && echo a-terminal-$((40 + 2))");
        await typist.SeeAsync("a-terminal-42");
        await typist.TypeAsync("until [ \"$(stty size)\" = '33 101' ]; do sleep 0.1; done; echo as-large-$((1 + 1))");
        await typist.SeeAsync("as-large-2");
        await typist.TypeAsync("exit 9");

        await typist.SeeAsync("ended with 9");
        await typist.SeeAsync("the terminal is as before");
        Assert.Equal("", await world.Servers[0].ExecAsync("docker ps --all --quiet --filter name=-exec-", Token));
    }

    [Fact]
    public async Task A_deployer_that_is_told_to_end_leaves_the_terminal_as_it_was()
    {
        await using var world = await shared.CreateAsync(1, Token);
        await world.DeployAsync("v1");
        await using var typist = await Typist.StartAsync(world, "exec sh", Token);
        await typist.TypeAsync("echo there-$((1 + 1))");
        await typist.SeeAsync("there-2");

        await typist.TerminateAsync();

        await typist.SeeAsync("ended with 143");
        await typist.SeeAsync("the terminal is as before");
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A person at a terminal, in which a command runs.</summary>
    private sealed class Typist : IAsyncDisposable
    {
        private const string Script = """
            stty rows 33 cols 101
            echo "terminal=$(tty)"
            before=$(stty -g)
            sh -c 'echo "process=$$"; exec dotnet "$@"' sh "$@"
            echo "ended with $?"
            [ "$(stty -g)" = "$before" ] && echo "the terminal is as before"
            """;
        private readonly TestProcess process;
        private readonly FileStream keyboard;

        private Typist(TestProcess process, FileStream keyboard)
        {
            this.process = process;
            this.keyboard = keyboard;
        }

        public static async Task<Typist> StartAsync(FleetWorld world, string what, CancellationToken cancellation)
        {
            var folder = Directory.CreateDirectory(Path.Combine(world.Spec.ProjectFolder, Path.GetRandomFileName()));
            var file = Path.Combine(folder.FullName, "world.json");
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(world.Spec), cancellation);
            var script = Path.Combine(folder.FullName, "script.sh");
            await File.WriteAllTextAsync(script, Script, cancellation);
            var keys = Path.Combine(folder.FullName, "keys");
            await RunAsync("mkfifo", [keys], cancellation);
            var host = Path.Combine(AppContext.BaseDirectory, "Lotse.EndToEnd.Host.dll");
            var inside = $"sh {script} {host} {file} v1 {what}";
            var request = new ProcessRequest
            {
                FileName = "sh",
                Arguments =
                [
                    "-c",
                    "exec script --quiet --return --command \"$1\" /dev/null <\"$2\"",
                    "sh",
                    inside,
                    keys,
                ],
            };
            // Open for reading too, so that it neither waits for a reader nor has an end.
            var keyboard = new FileStream(keys, FileMode.Open, FileAccess.ReadWrite);
            return new Typist(TestProcess.Start(request), keyboard);
        }

        public async Task TypeAsync(string line)
        {
            await keyboard.WriteAsync(System.Text.Encoding.UTF8.GetBytes(line + "\r"), Token);
            await keyboard.FlushAsync(Token);
        }

        public async Task SeeAsync(string text) =>
            await process.WaitForLineAsync(l => l.Contains(text, StringComparison.Ordinal), Limit, Token);

        public async Task ResizeAsync(int rows, int columns) =>
            await RunAsync(
                "stty",
                ["-F", await ToldAsync("terminal="), "rows", $"{rows}", "cols", $"{columns}"],
                Token
            );

        public async Task TerminateAsync() => await RunAsync("kill", ["-TERM", await ToldAsync("process=")], Token);

        public async ValueTask DisposeAsync()
        {
            await process.DisposeAsync();
            await keyboard.DisposeAsync();
            TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', process.Lines.Select(l => l.Text)));
        }

        private async Task<string> ToldAsync(string name)
        {
            var line = await process.WaitForLineAsync(l => l.StartsWith(name, StringComparison.Ordinal), Limit, Token);
            return line.Text[name.Length..].Trim();
        }

        private static async Task RunAsync(string program, string[] arguments, CancellationToken cancellation)
        {
            var request = new ProcessRequest { FileName = program, Arguments = arguments };
            var ended = await TestProcess.RunAsync(request, Limit, cancellation);
            Assert.True(ended.ExitCode == 0, ended.Error);
        }
    }
}

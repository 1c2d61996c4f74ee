using System.Text;

namespace Lotse.Testing.Processes;

/// <summary>A person at a terminal of 33 rows and 101 columns, which script(1) makes, and in which one program runs. Linux only.</summary>
public sealed class Typist : IAsyncDisposable
{
    /// <summary>Is shown after the program's end when it left the terminal's settings as it found them.</summary>
    public const string AsBefore = "the terminal is as before";

    private const string Script = """
        stty rows 33 cols 101
        echo "terminal=$(tty)"
        before=$(stty -g)
        sh -c 'echo "process=$$"; exec "$@"' sh "$@"
        echo "ended with $?"
        [ "$(stty -g)" = "$before" ] && echo "the terminal is as before"
        """;

    // The last argument, which is the program's, is left to the shell that script starts: it splits it.
    private const string Start = "exec script --quiet --return --command \"sh $1 $2\" /dev/null <\"$3\"";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly TestProcess _process;
    private readonly FileStream _keyboard;

    private Typist(TestProcess process, FileStream keyboard)
    {
        _process = process;
        _keyboard = keyboard;
    }

    /// <summary>Starts a program.</summary>
    /// <param name="folder">Where the files of this terminal go.</param>
    /// <param name="command">The program and its arguments, for a shell.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<Typist> StartAsync(string folder, string command, CancellationToken cancellationToken)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Terminals are made by Linux's script(1).");
        var own = Directory.CreateDirectory(Path.Combine(folder, Path.GetRandomFileName())).FullName;
        var script = Path.Combine(own, "script.sh");
        await File.WriteAllTextAsync(script, Script, cancellationToken);
        var keys = Path.Combine(own, "keys");
        await RunAsync("mkfifo", [keys], cancellationToken);
        // Open for reading too, so that it neither waits for a reader nor has an end.
        var keyboard = new FileStream(keys, FileMode.Open, FileAccess.ReadWrite);
        var request = new ProcessRequest { FileName = "sh", Arguments = ["-c", Start, "sh", script, command, keys] };
        return new Typist(TestProcess.Start(request), keyboard);
    }

    /// <summary>What the terminal has shown so far.</summary>
    public string Shown => string.Join('\n', _process.Lines.Select(line => line.Text));

    /// <summary>Types a line and the return key.</summary>
    public Task TypeAsync(string line, CancellationToken cancellationToken) =>
        PressAsync(line + "\r", cancellationToken);

    /// <summary>Types characters.</summary>
    public async Task PressAsync(string keys, CancellationToken cancellationToken)
    {
        await _keyboard.WriteAsync(Encoding.UTF8.GetBytes(keys), cancellationToken);
        await _keyboard.FlushAsync(cancellationToken);
    }

    /// <summary>Waits until a line with a text is shown.</summary>
    /// <exception cref="TestProcessException">It was not.</exception>
    public async Task SeeAsync(string text, CancellationToken cancellationToken) =>
        await _process.WaitForLineAsync(
            line => line.Contains(text, StringComparison.Ordinal),
            Limit,
            cancellationToken
        );

    /// <summary>Waits until the program has ended with a code and left the terminal as it found it.</summary>
    /// <exception cref="TestProcessException">It did not.</exception>
    public async Task SeeEndAsync(int exitCode, CancellationToken cancellationToken)
    {
        await SeeAsync($"ended with {exitCode}", cancellationToken);
        await SeeAsync(AsBefore, cancellationToken);
    }

    /// <summary>Changes the terminal's size.</summary>
    public async Task ResizeAsync(int rows, int columns, CancellationToken cancellationToken)
    {
        var terminal = await ToldAsync("terminal=", cancellationToken);
        await RunAsync("stty", ["-F", terminal, "rows", $"{rows}", "cols", $"{columns}"], cancellationToken);
    }

    /// <summary>Sends the program SIGTERM.</summary>
    public async Task TerminateAsync(CancellationToken cancellationToken) =>
        await RunAsync("kill", ["-TERM", await ToldAsync("process=", cancellationToken)], cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        await _keyboard.DisposeAsync();
    }

    private async Task<string> ToldAsync(string name, CancellationToken cancellationToken)
    {
        var line = await _process.WaitForLineAsync(
            text => text.StartsWith(name, StringComparison.Ordinal),
            Limit,
            cancellationToken
        );
        return line.Text[name.Length..].Trim();
    }

    private static async Task RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        var request = new ProcessRequest { FileName = program, Arguments = arguments };
        var ended = await TestProcess.RunAsync(request, Limit, cancellationToken);
        Assert.True(ended.ExitCode == 0, ended.Error);
    }
}

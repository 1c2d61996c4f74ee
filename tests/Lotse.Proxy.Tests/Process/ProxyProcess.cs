using System.Diagnostics;
using System.Threading.Channels;
using Lotse.Proxy.Contract;
using Lotse.Proxy.Tests.Support;

namespace Lotse.Proxy.Tests.Process;

/// <summary>The built program, started as a process of its own.</summary>
internal sealed class ProxyProcess : IAsyncDisposable
{
    private static readonly string Program = Path.Combine(
        AppContext.BaseDirectory,
        OperatingSystem.IsWindows() ? "lotse-proxy.exe" : "lotse-proxy"
    );

    private readonly System.Diagnostics.Process process;
    private readonly string folder;
    private readonly Channel<string> errors = Channel.CreateUnbounded<string>();
    private readonly List<string> output = [];
    private readonly List<string> said = [];

    private ProxyProcess(string folder)
    {
        this.folder = folder;
        process = new() { StartInfo = Start(["run", "--http-port=0", $"--state-dir={folder}"]) };
        process.OutputDataReceived += (_, line) => Keep(output, line.Data);
        process.ErrorDataReceived += (_, line) =>
        {
            Keep(said, line.Data);
            if (line.Data is null)
            {
                // Whoever waits for the proxy to serve must not wait for one that has ended.
                errors.Writer.TryComplete();
                return;
            }

            errors.Writer.TryWrite(line.Data);
        };
    }

    public HttpClient Client { get; private set; } = new();

    public Uri Url { get; private set; } = new("http://127.0.0.1/");

    public int Id => process.Id;

    public string Socket => Path.Combine(folder, "control.sock");

    /// <summary>The lines on stdout: the access log. Whole only when the process has ended.</summary>
    public IReadOnlyList<string> Output => Copy(output);

    /// <summary>The lines on stderr.</summary>
    public IReadOnlyList<string> Said => Copy(said);

    /// <summary>Runs the program to its end.</summary>
    public static async Task<Answer> RunAsync(params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(Start(arguments))!;
        var cancellation = TestContext.Current.CancellationToken;
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        var error = process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return new Answer(process.ExitCode, await output, await error);
    }

    /// <summary>Starts the proxy and waits until it serves.</summary>
    public static async Task<ProxyProcess> StartAsync(string folder)
    {
        var proxy = new ProxyProcess(folder);
        proxy.process.Start();
        proxy.process.BeginOutputReadLine();
        proxy.process.BeginErrorReadLine();
        const string Before = "serves http://[::]:";
        await foreach (var line in proxy.errors.Reader.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            if (line.IndexOf(Before, StringComparison.Ordinal) is >= 0 and var at)
            {
                var port = line[(at + Before.Length)..].Split(',')[0];
                proxy.Url = new Uri($"http://127.0.0.1:{port}");
                proxy.Client = new HttpClient { BaseAddress = proxy.Url, Timeout = TimeSpan.FromSeconds(30) };
                return proxy;
            }
        }

        throw new InvalidOperationException($"The proxy ended before it served: {string.Join('\n', proxy.Said)}");
    }

    /// <summary>Sends a command from another process.</summary>
    public Task<Answer> AskAsync(ProxyCommand command) =>
        RunAsync([.. (command with { Socket = Socket, Json = true }).ToArguments()]);

    /// <summary>The same from this process, which is faster.</summary>
    public async Task<Answer> SendAsync(ProxyCommand command)
    {
        using var writer = new StringWriter();
        using var error = new StringWriter();
        var code = await Lotse.Proxy.Commands.ControlClient.SendAsync(
            command with
            {
                Socket = Socket,
                Json = true,
            },
            writer,
            error
        );
        return new Answer(code, writer.ToString(), error.ToString());
    }

    /// <summary>Sends something to the control socket, and returns the answer's status.</summary>
    public async Task<int> PostAsync(string body)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var client = new HttpClient(Lotse.Proxy.Commands.ControlClient.ConnectTo(Socket));
        using var answer = await client.PostAsync(new Uri("http://proxy/"), new StringContent(body), cancellation);
        return (int)answer.StatusCode;
    }

    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Asks it to end, as an engine does.</summary>
    public async Task TerminateAsync()
    {
        using var kill = System.Diagnostics.Process.Start("kill", ["-TERM", $"{process.Id}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public async Task<int> EndAsync()
    {
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }

        process.Dispose();
    }

    private static ProcessStartInfo Start(IEnumerable<string> arguments) =>
        new(Program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };

    private static void Keep(List<string> lines, string? line)
    {
        if (line is not null)
        {
            lock (lines)
            {
                lines.Add(line);
            }
        }
    }

    private static string[] Copy(List<string> lines)
    {
        lock (lines)
        {
            return [.. lines];
        }
    }
}

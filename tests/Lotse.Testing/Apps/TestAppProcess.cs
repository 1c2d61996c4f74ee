using Lotse.Testing.Processes;

namespace Lotse.Testing.Apps;

/// <summary>Lotse.TestApp as a process of this machine. The test project must reference tests/Lotse.TestApp.</summary>
public sealed class TestAppProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private TestAppProcess(TestProcess process, Uri address)
    {
        Process = process;
        Address = address;
    }

    /// <summary>The process, for signals and output.</summary>
    public TestProcess Process { get; }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>What to start, for who does not want to wait for it to listen.</summary>
    /// <param name="version">What it answers with.</param>
    /// <param name="misbehave">Words of MISBEHAVE, separated by commas.</param>
    /// <param name="port">Where it listens; 0 takes a free port.</param>
    public static ProcessRequest Request(string version, string misbehave = "", int port = 0) =>
        new()
        {
            FileName = "dotnet",
            Arguments = [Path.Combine(AppContext.BaseDirectory, "Lotse.TestApp.dll")],
            Environment = new Dictionary<string, string?>
            {
                ["VERSION"] = version,
                ["MISBEHAVE"] = misbehave,
                ["PORT"] = $"{port}",
                ["ASPNETCORE_URLS"] = null,
                ["ASPNETCORE_HTTP_PORTS"] = null,
            },
        };

    /// <summary>Starts it and waits until it listens.</summary>
    /// <exception cref="TestProcessException">It ended, or does not listen.</exception>
    public static async Task<TestAppProcess> StartAsync(
        string version,
        CancellationToken cancellationToken,
        string misbehave = "",
        int port = 0
    )
    {
        var process = TestProcess.Start(Request(version, misbehave, port));
        try
        {
            var line = await process.WaitForLineAsync(IsListening, StartLimit, cancellationToken);
            var listening = new Uri(line.Text.Split(' ')[^1]);
            return new TestAppProcess(process, new UriBuilder("http", "127.0.0.1", listening.Port).Uri);
        }
        catch (Exception exception) when (exception is TestProcessException or OperationCanceledException)
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Process.DisposeAsync();

    private static bool IsListening(string line) => line.Contains(" is listening on ", StringComparison.Ordinal);
}

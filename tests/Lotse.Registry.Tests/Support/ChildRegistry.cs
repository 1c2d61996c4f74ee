using System.Diagnostics;
using System.Globalization;

namespace Lotse.Registry.Tests.Support;

/// <summary>A registry in a process of its own, which can be killed as by <c>kill -9</c>.</summary>
internal sealed class ChildRegistry : IAsyncDisposable
{
    private readonly Process _process;

    private ChildRegistry(Process process, int port)
    {
        _process = process;
        Client = new RegistryClient(new Uri($"http://127.0.0.1:{port}"));
    }

    public RegistryClient Client { get; }

    public static async Task<ChildRegistry> StartAsync(string directory, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            ArgumentList = { typeof(ChildRegistry).Assembly.Location, Program.Serve, directory },
        };
        var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync(cancellation);
        Assert.True(line is not null, "The registry process ended before it listened.");
        return new ChildRegistry(process, int.Parse(line, CultureInfo.InvariantCulture));
    }

    /// <summary>Ends the process with no chance to clean up, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await KillAsync();
        _process.Dispose();
    }
}

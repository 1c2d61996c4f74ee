using System.Collections.Concurrent;

namespace Lotse.Registry.Tests.Support;

/// <summary>A registry in this process with a directory of its own, a client, and all it reported.</summary>
internal sealed class TestRegistry : IAsyncDisposable
{
    private readonly Scratch? _scratch;

    private TestRegistry(RegistryServer server, Recorder recorder, Scratch? scratch)
    {
        Server = server;
        Reports = recorder;
        _scratch = scratch;
        Client = new RegistryClient(new Uri($"http://{server.Endpoint}"));
    }

    public RegistryServer Server { get; }

    public RegistryStore Store => Server.Store;

    public RegistryClient Client { get; }

    public HttpClient Http => Client.Http;

    public Recorder Reports { get; }

    /// <summary>Starts one; in a new directory unless one is given.</summary>
    public static async Task<TestRegistry> StartAsync(
        string? directory = null,
        Func<RegistryOptions, RegistryOptions>? change = null
    )
    {
        var scratch = directory is null ? new Scratch() : null;
        var recorder = new Recorder();
        var options = new RegistryOptions
        {
            Directory = directory ?? scratch!.Path,
            Progress = recorder,
            Failures = recorder,
        };
        var server = await RegistryServer.StartAsync(
            change?.Invoke(options) ?? options,
            TestContext.Current.CancellationToken
        );
        return new TestRegistry(server, recorder, scratch);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
        _scratch?.Dispose();
    }
}

/// <summary>Keeps what a registry reports.</summary>
internal sealed class Recorder : IProgress<RegistryTransfer>, IProgress<RegistryException>
{
    public ConcurrentQueue<RegistryTransfer> Transfers { get; } = new();

    public ConcurrentQueue<RegistryException> Failures { get; } = new();

    public void Report(RegistryTransfer value) => Transfers.Enqueue(value);

    public void Report(RegistryException value) => Failures.Enqueue(value);
}

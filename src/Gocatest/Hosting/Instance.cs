using System.Net;
using Gocatest.Backend;
using Gocatest.Configuration;
using Gocatest.Contracts;
using Gocatest.Frontend;
using Gocatest.Live;
using Gocatest.Logging;
using Gocatest.Storage;
using Npgsql;

namespace Gocatest.Hosting;

/// <summary>Both ports and what works behind them: put together here, started and stopped in the right order.</summary>
internal sealed class Instance : IAsyncDisposable
{
    /// <summary>Requests in flight get this long to finish; container engines kill after ten seconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    private readonly Settings settings;
    private readonly JsonLog log;
    private readonly TimeProvider time;
    private readonly ReleaseAnswer release;
    private readonly NpgsqlDataSource source;
    private readonly DatabaseGate gate;
    private readonly CancellationTokenSource streams = new();
    private readonly CancellationTokenSource keeping = new();

    private PortHost? frontend;
    private PortHost? backend;
    private BackendClient? client;
    private Task keeper = Task.CompletedTask;
    private Task feed = Task.CompletedTask;

    private Instance(Settings settings, JsonLog log, TimeProvider time)
    {
        this.settings = settings;
        this.log = log;
        this.time = time;
        source = DataSource.Create(settings.Database);
        gate = new DatabaseGate(time);
        release = new ReleaseAnswer
        {
            Version = settings.Version,
            Host = settings.Host,
            Container = settings.Container,
            Since = time.GetUtcNow(),
        };
    }

    public int FrontendPort => frontend!.Port;

    public int BackendPort => backend!.Port;

    /// <summary>Returns as soon as both ports answer; the database is reached in the background.</summary>
    /// <exception cref="IOException">A port cannot be had.</exception>
    public static async Task<Instance> StartAsync(Settings settings, JsonLog log, TimeProvider time)
    {
        var instance = new Instance(settings, log, time);
        try
        {
            await instance.StartBackendAsync();
            await instance.StartFrontendAsync();
            return instance;
        }
        catch
        {
            await instance.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Ends live streams, lets the frontend finish, then the backend that it calls, then the database's connections.
    /// </summary>
    public async Task StopAsync()
    {
        using var patience = new CancellationTokenSource(Patience, time);
        await streams.CancelAsync();
        await (frontend?.StopAsync(patience.Token) ?? Task.CompletedTask);
        await (backend?.StopAsync(patience.Token) ?? Task.CompletedTask);
        await keeping.CancelAsync();
        await Task.WhenAll(feed, keeper);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await (frontend?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (backend?.DisposeAsync() ?? ValueTask.CompletedTask);
        client?.Dispose();
        await source.DisposeAsync();
        streams.Dispose();
        keeping.Dispose();
    }

    private async Task StartBackendAsync()
    {
        var store = new NoteStore(source, gate);
        var live = new Broadcast<BoardEvent>();
        var limit = new PostLimit(settings.NotesPerMinute, time);
        var endpoints = new BackendEndpoints(release, store, gate, limit, live, time, streams.Token);
        backend = await PortHost.StartAsync(
            "backend",
            settings.Address,
            settings.BackendPort,
            endpoints.Map,
            release,
            log,
            time
        );
        var work = new DatabaseKeeper(source, gate, store, live, log, time);
        keeper = Task.Run(() => work.RunAsync(keeping.Token));
    }

    private async Task StartFrontendAsync()
    {
        client = new BackendClient(
            new UriBuilder("http", $"{settings.Address ?? IPAddress.Loopback}", BackendPort).Uri
        );
        var pages = new Broadcast<BoardEvent>();
        var endpoints = new FrontendEndpoints(release, client, pages, time, streams.Token);
        frontend = await PortHost.StartAsync(
            "frontend",
            settings.Address,
            settings.FrontendPort,
            endpoints.Map,
            release,
            log,
            time
        );
        var work = new Feed(client, pages, log, time);
        feed = Task.Run(() => work.RunAsync(streams.Token));
    }
}

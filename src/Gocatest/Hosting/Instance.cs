using System.Net;
using Gocatest.Backend;
using Gocatest.Configuration;
using Gocatest.Contracts;
using Gocatest.Frontend;
using Gocatest.Live;
using Gocatest.Logging;
using Gocatest.Storage;
using Microsoft.AspNetCore.Routing;
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
    private readonly Lazy<NpgsqlDataSource> source;
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
        source = new Lazy<NpgsqlDataSource>(() => DataSource.Create(settings.Database));
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
            await instance.StartAsync();
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
        if (source.IsValueCreated)
        {
            await source.Value.DisposeAsync();
        }

        streams.Dispose();
        keeping.Dispose();
    }

    private async Task StartAsync()
    {
        var store = new NoteStore(source, gate);
        var live = new Broadcast<BoardEvent>();
        var limit = new PostLimit(settings.NotesPerMinute, time);
        var behind = new BackendEndpoints(release, store, gate, limit, live, time, streams.Token);
        backend = await OpenAsync("backend", settings.BackendPort, behind.Map);

        client = new BackendClient(
            new UriBuilder("http", $"{settings.Address ?? IPAddress.Loopback}", BackendPort).Uri
        );
        var pages = new Broadcast<BoardEvent>();
        var front = new FrontendEndpoints(release, client, pages, time, streams.Token);
        frontend = await OpenAsync("frontend", settings.FrontendPort, front.Map);

        // Not before: what begins here would compete with the first probe.
        keeper = Task.Run(() => new DatabaseKeeper(source, gate, store, live, log, time).RunAsync(keeping.Token));
        feed = Task.Run(() => new Feed(client, pages, log, time).RunAsync(streams.Token));
    }

    private Task<PortHost> OpenAsync(string name, int port, Action<IEndpointRouteBuilder> map) =>
        PortHost.StartAsync(name, settings.Address, port, map, release, log, time);
}

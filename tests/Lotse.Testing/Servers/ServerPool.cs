using Lotse.Testing.Engine;
using Lotse.Testing.Waiting;

namespace Lotse.Testing.Servers;

/// <summary>
/// Servers with an engine that tests take turns with, because they are dear to start and a runtime's layers dear to bring. Each is lent to one test at a time, clean: as
/// it was when it started, but for the images that it was given. Servers are started as they are asked for, and one that does not come clean is replaced.
/// <para>
/// Whoever waits is served in the order of asking, so that many who need one server do not starve one who needs three. Who holds servers must not ask for more:
/// that alone could make two wait for each other.
/// </para>
/// </summary>
public sealed class ServerPool : IAsyncDisposable
{
    private readonly TestEngine _engine;
    private readonly ServerOptions _options;
    private readonly ServerPlaces _places;
    private readonly Lock _sync = new();
    private readonly Stack<NestedServer> _idle = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly HashSet<Task> _returning = [];
    private readonly Dictionary<NestedServer, string> _states = [];
    private ServerFleet? _fleet;

    /// <summary>A pool without a server yet.</summary>
    /// <param name="engine">What servers run on, and with what they go.</param>
    /// <param name="most">How many there may be at once.</param>
    /// <param name="options">What they are.</param>
    public ServerPool(TestEngine engine, int most, ServerOptions options)
    {
        (_engine, _options) = (engine, options);
        _places = new ServerPlaces(most);
    }

    /// <summary>Takes servers, once so many are free.</summary>
    /// <param name="count">How many; at most as many as there may be.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>To be disposed when they are no longer needed.</returns>
    public async Task<ServerLoan> TakeAsync(int count, CancellationToken cancellation)
    {
        await Wait.ForAsync(WaitKind.FreeServers, _places.TakeAsync(count, cancellation));
        var servers = TakeIdle(count);
        try
        {
            servers.AddRange(await StartAsync(count - servers.Count, cancellation));
            return new ServerLoan(servers, _fleet!.KeyPath, Return);
        }
        catch
        {
            GiveBack(servers, count);
            throw;
        }
    }

    /// <summary>Waits for what is being cleaned. The servers themselves go with the engine's other things.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] all;
        lock (_sync)
        {
            all = [.. _returning];
        }

        await Task.WhenAll(all);
        if (_fleet is not null)
        {
            await _fleet.DisposeAsync();
        }

        _turn.Dispose();
    }

    private List<NestedServer> TakeIdle(int most)
    {
        lock (_sync)
        {
            return [.. Enumerable.Range(0, Math.Min(most, _idle.Count)).Select(_ => _idle.Pop())];
        }
    }

    private async Task<IReadOnlyList<NestedServer>> StartAsync(int count, CancellationToken cancellation)
    {
        if (count == 0)
        {
            return [];
        }

        await _turn.WaitAsync(cancellation);
        try
        {
            _fleet ??= await ServerFleet.StartAsync(_engine, 0, _options, cancellation);
            var started = await _fleet.AddAsync(count, cancellation);
            foreach (var server in started)
            {
                var state = await ServerWipe.DescribeAsync(server, cancellation);
                lock (_sync)
                {
                    _states[server] = state;
                }
            }

            return started;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Nobody waits for the cleaning but who needs the servers next.</summary>
    private void Return(IReadOnlyList<NestedServer> servers)
    {
        var returning = ReturnAsync(servers);
        lock (_sync)
        {
            _returning.Add(returning);
        }

        _ = returning.ContinueWith(Forget, TaskScheduler.Default);
    }

    private void Forget(Task returned)
    {
        lock (_sync)
        {
            _returning.Remove(returned);
        }
    }

    private async Task ReturnAsync(IReadOnlyList<NestedServer> servers)
    {
        var clean = await Task.WhenAll(servers.Select(CleanAsync));
        GiveBack(clean.OfType<NestedServer>(), servers.Count);
    }

    private void GiveBack(IEnumerable<NestedServer> idle, int places)
    {
        lock (_sync)
        {
            foreach (var server in idle)
            {
                _idle.Push(server);
            }
        }

        _places.GiveBack(places);
    }

    /// <returns>Null when it did not come clean: then it is gone, and the next who needs one starts one.</returns>
    private async Task<NestedServer?> CleanAsync(NestedServer server)
    {
        string before;
        lock (_sync)
        {
            before = _states[server];
        }

        if (await ServerWipe.TryAsync(server, before) is not { } dirt)
        {
            return server;
        }

        TestContext.Current.SendDiagnosticMessage("{0}", $"{server.Name} is replaced, it did not come clean: {dirt}");
        await _fleet!.RemoveAsync(server, CancellationToken.None);
        return null;
    }
}

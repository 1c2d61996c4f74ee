namespace Lotse.Testing.Load;

/// <summary>
/// Clients of many kinds that use a service while something happens to it, and count every request that failed.
/// Nothing is repeated, and nothing is cut off when the load stops.
/// </summary>
public sealed class LoadGenerator : IAsyncDisposable
{
    private readonly LoadLedger _ledger;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _cap;
    private readonly CancellationTokenSource _end;
    private readonly IReadOnlyList<LoadWorker> _workers;
    private readonly Task _work;

    private LoadGenerator(Uri server, LoadProfile profile)
    {
        _cap = new CancellationTokenSource(profile.MaxDuration, profile.Time);
        _end = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, _cap.Token);
        RequestShape[] shapes = [.. RequestShape.All(server, profile)];
        var sockets = Enumerable.Repeat(LoadKind.WebSocket, profile.WebSocketWorkers);
        _ledger = new LoadLedger(profile.Time, shapes.Select(shape => shape.Load).Concat(sockets));
        _workers =
        [
            .. shapes.Select((shape, index) => new HttpWorker(server, shape, Delay(shapes, index), _ledger, profile)),
            .. sockets.Select(_ => new WebSocketWorker(server, _ledger, profile)),
        ];
        _work = Task.WhenAll(_workers.Select(worker => worker.RunAsync(_end.Token)));
    }

    /// <summary>Starts the clients, and returns when each of them has a request on its way.</summary>
    /// <param name="server">Where they connect to, such as http://127.0.0.1:8080; only http.</param>
    /// <param name="profile">Which clients there are.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    /// <exception cref="ArgumentException">The address is not http.</exception>
    public static async Task<LoadGenerator> StartAsync(
        Uri server,
        LoadProfile profile,
        CancellationToken cancellationToken
    )
    {
        if (server.Scheme != Uri.UriSchemeHttp)
        {
            throw new ArgumentException($"{server}: the load generator speaks http alone.", nameof(server));
        }

        var generator = new LoadGenerator(server, profile);
        try
        {
            await Task.WhenAll(generator._workers.Select(worker => worker.Begun)).WaitAsync(cancellationToken);
            return generator;
        }
        catch (OperationCanceledException)
        {
            await generator.DisposeAsync();
            throw;
        }
    }

    /// <summary>Completes when the last client has ended: after a stop, or by itself at the longest duration.</summary>
    public Task Ended => _work;

    /// <summary>What was met with so far.</summary>
    public LoadReport ReportSoFar() => _ledger.Report(_cap.IsCancellationRequested);

    /// <summary>Waits until a version has given so many more good answers.</summary>
    /// <exception cref="TimeoutException">It did not within the limit; the message is the report so far.</exception>
    public async Task WaitForVersionAsync(
        string version,
        long more,
        TimeSpan limit,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await _ledger.WhenSeenAsync(version, more).WaitAsync(limit, _workers[0].Profile.Time, cancellationToken);
        }
        catch (TimeoutException exception)
        {
            var report = ReportSoFar();
            throw new TimeoutException(
                $"No {more} answers of {version} in {limit.TotalSeconds} s: {report}",
                exception
            );
        }
    }

    /// <summary>Stops: what is in flight comes to its end, WebSockets are closed, then the report is made.</summary>
    public async Task<LoadReport> StopAsync()
    {
        var reachedMaxDuration = _cap.IsCancellationRequested;
        await _stop.CancelAsync();
        await _work;
        return _ledger.Report(reachedMaxDuration);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _end.Dispose();
        _cap.Dispose();
        _stop.Dispose();
    }

    /// <summary>Spreads the clients of one kind over their interval, so that they do not all come at once.</summary>
    private static TimeSpan Delay(RequestShape[] shapes, int index)
    {
        var alike = shapes.Count(shape => shape.Load == shapes[index].Load);
        var before = shapes.Take(index).Count(shape => shape.Load == shapes[index].Load);
        return shapes[index].Interval * before / alike;
    }
}

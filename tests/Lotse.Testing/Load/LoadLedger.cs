namespace Lotse.Testing.Load;

/// <summary>Where all clients record what they met with.</summary>
internal sealed class LoadLedger
{
    private const int MostFailuresKept = 50;

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly List<LoadFailure> _failures = [];
    private readonly Dictionary<LoadKind, long> _byLoad = [];
    private readonly Dictionary<string, long> _byVersion = new(StringComparer.Ordinal);
    private readonly List<VersionChange> _changes = [];
    private readonly List<(string Version, long Count, TaskCompletionSource Reached)> _waiters = [];
    private long _requests;
    private long _failed;
    private long _closedByServer;
    private TimeSpan _slowest;

    public LoadLedger(TimeProvider time, IEnumerable<LoadKind> loads)
    {
        _time = time;
        _start = time.GetTimestamp();
        foreach (var load in loads)
        {
            _byLoad[load] = 0;
        }
    }

    public TimeSpan Now => _time.GetElapsedTime(_start);

    public void Succeeded(LoadKind load, TimeSpan began, string? version)
    {
        lock (_lock)
        {
            Count(load);
            if (load is LoadKind.KeepAlive or LoadKind.NewConnection or LoadKind.Echo)
            {
                _slowest = TimeSpan.FromTicks(Math.Max(_slowest.Ticks, (Now - began).Ticks));
            }

            if (version is not null)
            {
                Count(version);
                Saw(version, began);
            }
        }
    }

    /// <summary>A message on a connection that was made earlier says nothing about where traffic goes now.</summary>
    public void SucceededOnOldConnection(LoadKind load, string? version)
    {
        lock (_lock)
        {
            Count(load);
            if (version is not null)
            {
                Count(version);
            }
        }
    }

    public void ClosedByServer()
    {
        lock (_lock)
        {
            Count(LoadKind.WebSocket);
            _closedByServer++;
        }
    }

    public void Failed(LoadFailure failure)
    {
        lock (_lock)
        {
            Count(failure.Load);
            _failed++;
            if (_failures.Count < MostFailuresKept)
            {
                _failures.Add(failure);
            }
        }
    }

    /// <summary>Completes when so many more good answers of a version have come.</summary>
    public Task WhenSeenAsync(string version, long more)
    {
        lock (_lock)
        {
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((version, _byVersion.GetValueOrDefault(version) + more, reached));
            return reached.Task;
        }
    }

    public LoadReport Report(bool reachedMaxDuration)
    {
        lock (_lock)
        {
            return new LoadReport
            {
                Requests = _requests,
                Failed = _failed,
                Failures = [.. _failures],
                ByLoad = new Dictionary<LoadKind, long>(_byLoad),
                ByVersion = new Dictionary<string, long>(_byVersion),
                VersionChanges = [.. _changes],
                WebSocketsClosedByServer = _closedByServer,
                Duration = Now,
                SlowestShortRequest = _slowest,
                ReachedMaxDuration = reachedMaxDuration,
            };
        }
    }

    private void Count(LoadKind load)
    {
        _requests++;
        _byLoad[load]++;
    }

    private void Count(string version)
    {
        var count = _byVersion[version] = _byVersion.GetValueOrDefault(version) + 1;
        _waiters.RemoveAll(waiter =>
            waiter.Version == version && count >= waiter.Count && waiter.Reached.TrySetResult()
        );
    }

    private void Saw(string version, TimeSpan began)
    {
        var last = _changes.Count == 0 ? null : _changes[^1];
        if (last is null || (last.To != version && began >= last.Offset))
        {
            _changes.Add(new VersionChange(Now, last?.To, version));
        }
    }
}

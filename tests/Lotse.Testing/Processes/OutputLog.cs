namespace Lotse.Testing.Processes;

/// <summary>Collects lines and wakes those who wait for one.</summary>
internal sealed class OutputLog
{
    private readonly Lock _lock = new();
    private readonly List<OutputLine> _lines = [];
    private readonly List<Waiter> _waiters = [];
    private bool _ended;

    public IReadOnlyList<OutputLine> Lines
    {
        get
        {
            lock (_lock)
            {
                return [.. _lines];
            }
        }
    }

    public void Add(OutputLine line)
    {
        lock (_lock)
        {
            _lines.Add(line);
            _waiters.RemoveAll(waiter => waiter.Matches(line) && waiter.Found.TrySetResult(line));
        }
    }

    /// <summary>No more lines will come.</summary>
    public void End()
    {
        lock (_lock)
        {
            _ended = true;
            _waiters.ForEach(waiter => waiter.Found.TrySetResult(null));
            _waiters.Clear();
        }
    }

    /// <summary>The first line that matches, also one that is there already; null when the output ends without one.</summary>
    public Task<OutputLine?> WhenAsync(Func<OutputLine, bool> matches)
    {
        lock (_lock)
        {
            var present = _lines.Find(line => matches(line));
            if (present is not null || _ended)
            {
                return Task.FromResult(present);
            }

            var waiter = new Waiter(matches, new(TaskCreationOptions.RunContinuationsAsynchronously));
            _waiters.Add(waiter);
            return waiter.Found.Task;
        }
    }

    private sealed record Waiter(Func<OutputLine, bool> Matches, TaskCompletionSource<OutputLine?> Found);
}

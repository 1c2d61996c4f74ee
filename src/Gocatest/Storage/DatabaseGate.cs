namespace Gocatest.Storage;

/// <summary>Tells requests whether the database can be asked, without each of them finding out the slow way.</summary>
internal sealed class DatabaseGate(TimeProvider time)
{
    /// <summary>How long a request waits for the first connection of a process that has just started.</summary>
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(2);

    private readonly TaskCompletionSource decided = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile DatabaseState state = DatabaseState.Starting;

    public DatabaseState State => state;

    /// <summary>Sets the state; true when it was another one before.</summary>
    public bool Set(DatabaseState next)
    {
        var changed = state != next;
        state = next;
        decided.TrySetResult();
        return changed;
    }

    /// <summary>Returns when the database may be asked.</summary>
    /// <exception cref="DatabaseAwayException">It is away, or the first connection takes too long.</exception>
    public async Task PassAsync(CancellationToken cancel)
    {
        if (state == DatabaseState.Starting)
        {
            await Task.WhenAny(decided.Task, Task.Delay(StartPatience, time, cancel));
            cancel.ThrowIfCancellationRequested();
        }

        if (state != DatabaseState.Up)
        {
            throw new DatabaseAwayException("The database is away. It is tried again in the background.");
        }
    }
}

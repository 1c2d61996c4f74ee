namespace Lotse.Testing.Servers;

/// <summary>Counts what may be taken at once; who asks for several gets them together, and whoever asked first is served first.</summary>
internal sealed class ServerPlaces
{
    private readonly Lock _sync = new();
    private readonly LinkedList<(int Count, TaskCompletionSource Granted)> _waiting = new();
    private readonly int _most;
    private int _free;

    /// <param name="most">How many there are.</param>
    public ServerPlaces(int most) => (_most, _free) = (most, most);

    /// <summary>Takes so many, once they are free and everybody has been served who asked before.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are never so many.</exception>
    public async Task TakeAsync(int count, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _most);
        var granted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        LinkedListNode<(int, TaskCompletionSource)> place;
        lock (_sync)
        {
            place = _waiting.AddLast((count, granted));
            Grant();
        }

        await using var giveUp = cancellation.Register(() => GiveUp(place, granted, cancellation));
        await granted.Task;
    }

    /// <summary>Gives so many back.</summary>
    public void GiveBack(int count)
    {
        lock (_sync)
        {
            _free += count;
            Grant();
        }
    }

    private void GiveUp(
        LinkedListNode<(int, TaskCompletionSource)> place,
        TaskCompletionSource granted,
        CancellationToken cancellation
    )
    {
        lock (_sync)
        {
            if (granted.TrySetCanceled(cancellation))
            {
                _waiting.Remove(place);
                // The next one may need fewer.
                Grant();
            }
        }
    }

    private void Grant()
    {
        while (_waiting.First is { Value: var next } && next.Count <= _free)
        {
            _waiting.RemoveFirst();
            _free -= next.Count;
            next.Granted.TrySetResult();
        }
    }
}

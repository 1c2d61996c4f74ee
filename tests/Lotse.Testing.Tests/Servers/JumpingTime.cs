using Microsoft.Extensions.Time.Testing;

namespace Lotse.Testing.Tests.Servers;

/// <summary>A clock that stands still until somebody waits, and is then at once where the wait ends.</summary>
internal sealed class JumpingTime : FakeTimeProvider
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);

        // Not here: who waits does not hold the timer yet that would be told.
        ThreadPool.QueueUserWorkItem(_ => Advance(dueTime));
        return timer;
    }
}

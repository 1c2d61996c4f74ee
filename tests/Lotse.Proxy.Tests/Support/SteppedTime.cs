using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Lotse.Proxy.Tests.Support;

/// <summary>
/// A clock that a test moves when the code under test has begun to wait, and not before: a clock that runs ahead of code that has not come to its wait yet
/// runs past its limits as well.
/// </summary>
internal sealed class SteppedTime : FakeTimeProvider
{
    private readonly Channel<TimeSpan> waits = Channel.CreateUnbounded<TimeSpan>();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        waits.Writer.TryWrite(dueTime);
        return timer;
    }

    /// <summary>How long the next wait is that has begun; each is told once.</summary>
    public ValueTask<TimeSpan> NextWaitAsync() => waits.Reader.ReadAsync(TestContext.Current.CancellationToken);

    /// <summary>Lets the next wait end.</summary>
    public async Task PassNextWaitAsync() => Advance(await NextWaitAsync());
}

using Lotse.Proxy.Forwarding;
using Microsoft.Extensions.Time.Testing;

namespace Lotse.Proxy.Tests.Forwarding;

public sealed class HeaderDeadlineTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public void The_targets_turn_is_limited_and_the_clients_is_not()
    {
        var time = new FakeTimeProvider();
        using var stop = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        var deadline = new HeaderDeadline(stop, Limit);

        deadline.Start();
        time.Advance(Limit / 2);
        deadline.Pause();
        time.Advance(Limit * 10);
        Assert.False(stop.IsCancellationRequested);
        deadline.Start();
        time.Advance(Limit);

        Assert.True(stop.IsCancellationRequested);
    }

    [Fact]
    public void A_response_that_begins_while_the_clock_is_being_started_is_not_cut_off()
    {
        var time = new InterruptedTime();
        using var stop = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        var deadline = new HeaderDeadline(stop, Limit);
        // The first start makes the timer; the second one is interrupted in the middle.
        deadline.Start();
        time.Interruption = deadline.Answered;

        deadline.Start();
        time.Advance(Limit * 10);

        Assert.Null(time.Interruption);
        Assert.False(stop.IsCancellationRequested);
    }

    /// <summary>A clock on which something happens just before a timer is set.</summary>
    private sealed class InterruptedTime : FakeTimeProvider
    {
        public Action? Interruption { get; set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new InterruptedTimer(this, base.CreateTimer(callback, state, dueTime, period));

        private sealed class InterruptedTimer(InterruptedTime time, ITimer timer) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                var interruption = time.Interruption;
                time.Interruption = null;
                interruption?.Invoke();
                return timer.Change(dueTime, period);
            }

            public void Dispose() => timer.Dispose();

            public ValueTask DisposeAsync() => timer.DisposeAsync();
        }
    }
}

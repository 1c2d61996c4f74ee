using Microsoft.Extensions.Time.Testing;

namespace Lotse.Execution.Tests.Transcripts;

/// <summary>A clock that moves in steps, and gives what waits for it the time to wait again before the next one.</summary>
internal class SteppingClock() : FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56))
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    /// <summary>For those that wait for one long timer and make no new one.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(3);
    private TaskCompletionSource waits = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        waits.TrySetResult();
        return timer;
    }

    /// <summary>Moves on until a task is done.</summary>
    public async Task RunAsync(Task until)
    {
        while (!until.IsCompleted)
        {
            var next = waits = new(TaskCreationOptions.RunContinuationsAsynchronously);
            Advance(Step);
            using var enough = new CancellationTokenSource(Patience, System);
            await Task.WhenAny(until, next.Task, Task.Delay(Timeout.InfiniteTimeSpan, System, enough.Token));
        }
    }
}

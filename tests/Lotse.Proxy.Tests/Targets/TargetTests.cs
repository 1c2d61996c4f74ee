using Lotse.Proxy.Targets;
using Microsoft.Extensions.Time.Testing;

namespace Lotse.Proxy.Tests.Targets;

public sealed class TargetTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly FakeTimeProvider time = new();

    private static CancellationToken Ending => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_target_is_idle_when_the_last_of_its_requests_has_ended()
    {
        using var target = New();
        Assert.True(target.TryEnter());
        Assert.True(target.TryEnter());
        target.Close();

        var idle = target.WaitUntilIdleAsync(Limit, time, Ending);
        target.Leave(failed: false);
        Assert.False(idle.IsCompleted);
        target.Leave(failed: true);

        Assert.True(await idle);
        Assert.Equal((2, 1, 0), (target.Requests, target.Errors, target.InFlight));
    }

    [Fact]
    public void A_closed_target_takes_no_request_until_it_is_reopened()
    {
        using var target = New();
        target.Close();
        Assert.False(target.TryEnter());
        Assert.Equal(0, target.Requests);

        target.Reopen();

        Assert.True(target.TryEnter());
    }

    [Fact]
    public async Task A_wait_ends_at_its_time_when_a_request_does_not()
    {
        using var target = New();
        target.TryEnter();
        target.Close();
        var idle = target.WaitUntilIdleAsync(Limit, time, Ending);

        time.Advance(Limit);

        Assert.False(await idle);
        Assert.False(target.Cut.IsCancellationRequested);
    }

    [Fact]
    public async Task Requests_are_cut_off_and_counted()
    {
        using var target = New();
        target.TryEnter();
        target.TryEnter();
        target.Close();
        var cut = new TaskCompletionSource();
        await using var registration = target.Cut.Register(cut.SetResult);

        Assert.Equal(2, target.CutOff());

        await cut.Task.WaitAsync(Ending);
    }

    [Fact]
    public void An_idle_target_has_nothing_to_cut_off()
    {
        using var target = New();
        target.Close();

        Assert.Equal(0, target.CutOff());
        Assert.False(target.Cut.IsCancellationRequested);
    }

    [Fact]
    public async Task A_target_that_was_reopened_and_closed_again_is_waited_for_anew()
    {
        using var target = New();
        target.TryEnter();
        target.Close();
        target.Leave(failed: false);
        Assert.True(await target.WaitUntilIdleAsync(Limit, time, Ending));
        target.Reopen();
        target.TryEnter();
        target.Close();

        var idle = target.WaitUntilIdleAsync(Limit, time, Ending);
        Assert.False(idle.IsCompleted);
        target.Leave(failed: false);

        Assert.True(await idle);
    }

    [Fact]
    public async Task Whoever_waits_on_one_target_at_once_is_told_of_the_same_end()
    {
        using var target = New();
        target.TryEnter();
        target.Close();
        var waits = Enumerable.Range(0, 5).Select(_ => target.WaitUntilIdleAsync(Limit, time, Ending)).ToArray();

        target.Leave(failed: false);

        Assert.All(await Task.WhenAll(waits), Assert.True);
    }

    [Fact]
    public async Task No_request_slips_in_between_closing_and_the_end_of_the_wait()
    {
        for (var round = 0; round < 200; round++)
        {
            using var target = New();
            var inside = 0;
            using var begin = new Barrier(5);
            var requests = Enumerable
                .Range(0, 4)
                .Select(_ =>
                    Task.Factory.StartNew(
                        () =>
                        {
                            begin.SignalAndWait(Ending);
                            while (target.TryEnter())
                            {
                                Interlocked.Increment(ref inside);
                                Interlocked.Decrement(ref inside);
                                target.Leave(failed: false);
                            }
                        },
                        Ending,
                        // A thread of its own: all of them block at once, and the pool is slow to give so many.
                        TaskCreationOptions.LongRunning,
                        TaskScheduler.Default
                    )
                )
                .ToArray();
            begin.SignalAndWait(Ending);
            target.Close();

            Assert.True(await target.WaitUntilIdleAsync(Limit, TimeProvider.System, Ending));
            Assert.Equal(0, Volatile.Read(ref inside));
            await Task.WhenAll(requests);
            Assert.Equal(0, target.InFlight);
        }
    }

    private Target New() => new("abc:80", time.GetUtcNow());
}

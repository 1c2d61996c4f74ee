using Gocatest.Live;
using Gocatest.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Gocatest.Tests.Live;

public sealed class EventStreamTests
{
    [Fact]
    public void Data_of_several_lines_stays_one_event_and_cannot_start_another() =>
        Assert.Equal(
            "id: 7\nevent: note\ndata: one\ndata: \ndata: event: release\n\n",
            EventStream.Format("note", "one\r\n\revent: release", 7)
        );

    [Fact]
    public async Task Silence_is_broken_by_heartbeats()
    {
        var time = new FakeTimeProvider();
        var body = new NoticingStream();
        var context = new DefaultHttpContext();
        context.Response.Body = body;
        using var stopping = new CancellationTokenSource();
        var stream = new EventStream(context.Response, time, stopping.Token);
        using var silent = new Broadcast<int>().Subscribe();

        var run = stream.RunAsync(cancel => stream.FollowAsync(silent.Items, _ => Task.CompletedTask, cancel));
        await body.WhenContains("retry:", Patience.Token);
        time.Advance(EventStream.Heartbeat);
        await body.WhenContains(": still here\n\n", Patience.Token);
        await stopping.CancelAsync();
        await run;

        Assert.EndsWith("event: bye\ndata: \n\n", body.Text, StringComparison.Ordinal);
    }
}

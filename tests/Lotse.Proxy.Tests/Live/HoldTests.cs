using System.Net;
using Lotse.Proxy.Contract;
using Lotse.Proxy.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Lotse.Proxy.Tests.Live;

/// <summary>pause, stop and resume.</summary>
public sealed class HoldTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    private static CancellationToken Ending => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_to_a_paused_service_wait_and_are_served_when_it_is_resumed()
    {
        await using var target = await TestTarget.StartAsync("one");
        await using var proxy = await TestProxy.StartAsync();
        await proxy.DoAsync(Sample.Deploy("web", target.Address));

        await proxy.DoAsync(new PauseCommand("web", Long, Long));
        var waiting = Enumerable.Range(0, 20).Select(_ => proxy.Client.GetStringAsync("/", Ending)).ToArray();
        var paused = await proxy.ReportAsync("web");
        await proxy.DoAsync(new ResumeCommand("web"));

        Assert.All(await Task.WhenAll(waiting), body => Assert.Equal("one", body));
        Assert.Equal((ServiceMode.Paused, 0L), (paused.Mode, paused.Active!.Requests));
        Assert.Equal(ServiceMode.Running, (await proxy.ReportAsync("web")).Mode);
    }

    [Fact]
    public async Task Who_waits_longer_than_the_pause_may_take_is_told_so()
    {
        await using var target = await TestTarget.StartAsync("one");
        await using var proxy = await TestProxy.StartAsync();
        await proxy.DoAsync(Sample.Deploy("web", target.Address));
        await proxy.DoAsync(new PauseCommand("web", Long, TimeSpan.FromMilliseconds(100)));

        using var answer = await proxy.Client.GetAsync("/", Ending);

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
    }

    [Fact]
    public async Task A_stopped_service_answers_with_its_message_as_text()
    {
        await using var target = await TestTarget.StartAsync("one");
        await using var proxy = await TestProxy.StartAsync();
        await proxy.DoAsync(Sample.Deploy("web", target.Address));
        await proxy.DoAsync(new StopCommand("web", Long, "Back at <ten>"));

        using var answer = await proxy.Client.GetAsync("/", Ending);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        var page = await answer.Content.ReadAsStringAsync(Ending);
        Assert.Contains("<p>Back at &lt;ten&gt;</p>", page, StringComparison.Ordinal);
        await proxy.DoAsync(new ResumeCommand("web"));
        Assert.Equal("one", await proxy.Client.GetStringAsync("/", Ending));
    }

    [Fact]
    public async Task What_is_in_flight_ends_in_its_time_and_what_comes_after_the_cut_is_served()
    {
        var begun = new TaskCompletionSource();
        await using var target = await TestTarget.StartAsync(
            "one",
            async context =>
            {
                if (context.Request.Path == "/stuck")
                {
                    begun.SetResult();
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
                }

                await context.Response.WriteAsync("one", context.RequestAborted);
            }
        );
        await using var proxy = await TestProxy.StartAsync();
        await proxy.DoAsync(Sample.Deploy("web", target.Address));
        var stuck = proxy.Client.GetAsync("/stuck", Ending);
        await begun.Task.WaitAsync(Ending);

        var stopped = await proxy.DoAsync(new StopCommand("web", TimeSpan.FromMilliseconds(100), ""));
        await proxy.DoAsync(new ResumeCommand("web"));

        Assert.Equal(new DrainResult(target.Address, 1), stopped.Drain);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await stuck).StatusCode);
        Assert.Equal("one", await proxy.Client.GetStringAsync("/", Ending));
    }

    [Fact]
    public async Task A_service_is_deployed_while_it_is_stopped_and_serves_the_new_target_when_resumed()
    {
        await using var old = await TestTarget.StartAsync("old");
        await using var fresh = await TestTarget.StartAsync("fresh");
        await using var proxy = await TestProxy.StartAsync();
        await proxy.DoAsync(Sample.Deploy("web", old.Address));
        await proxy.DoAsync(new StopCommand("web", Long, ""));
        await proxy.DoAsync(Sample.Deploy("web", fresh.Address));

        using var held = await proxy.Client.GetAsync("/", Ending);
        await proxy.DoAsync(new ResumeCommand("web"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, held.StatusCode);
        Assert.Equal("fresh", await proxy.Client.GetStringAsync("/", Ending));
    }

    [Theory]
    [InlineData("pause")]
    [InlineData("stop")]
    [InlineData("resume")]
    public async Task A_service_without_traffic_is_refused(string command)
    {
        await using var proxy = await TestProxy.StartAsync();

        var answer = await proxy.AskAsync(ProxyCommand.Parse([command, "web"]));

        Assert.Equal(1, answer.Code);
        Assert.Contains("web has no traffic", answer.Refusal, StringComparison.Ordinal);
    }
}

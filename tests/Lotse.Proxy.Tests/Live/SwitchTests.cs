using Lotse.Proxy.Contract;
using Lotse.Proxy.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Lotse.Proxy.Tests.Live;

public sealed class SwitchTests
{
    private static CancellationToken Ending => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_slow_request_ends_on_the_target_that_it_began_on()
    {
        var (begun, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var old = await TestTarget.StartAsync(
            "old",
            async context =>
            {
                begun.SetResult();
                await go.Task.WaitAsync(context.RequestAborted);
                await context.Response.WriteAsync("old");
            }
        );
        await using var fresh = await TestTarget.StartAsync("fresh");
        await using var proxy = await TestProxy.StartAsync();
        await proxy.DoAsync(Sample.Deploy("web", old.Address));
        var slow = proxy.Client.GetStringAsync("/", Ending);
        await begun.Task.WaitAsync(Ending);

        await proxy.DoAsync(Sample.Stage("web", fresh.Address));
        var moved = await proxy.DoAsync(new SwitchCommand("web"));
        var drain = proxy.DoAsync(Sample.Drain("web"));

        Assert.Equal(new SwitchResult(old.Address, fresh.Address), moved.Switch);
        Assert.Equal("fresh", await proxy.Client.GetStringAsync("/", Ending));
        Assert.Equal(1, (await proxy.ReportAsync("web")).Previous?.InFlight);
        Assert.False(drain.IsCompleted);
        go.SetResult();
        Assert.Equal("old", await slow);
        Assert.Equal(new DrainResult(old.Address, 0), (await drain).Drain);
        Assert.Null((await proxy.ReportAsync("web")).Previous);
    }

    [Fact]
    public async Task A_drain_cuts_off_at_its_limit_what_does_not_end()
    {
        var begun = new TaskCompletionSource();
        var cut = new TaskCompletionSource();
        await using var old = await TestTarget.StartAsync(
            "old",
            async context =>
            {
                await using var gone = context.RequestAborted.Register(cut.SetResult);
                begun.SetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
            }
        );
        await using var fresh = await TestTarget.StartAsync("fresh");
        await using var proxy = await TestProxy.StartAsync();
        await proxy.DoAsync(Sample.Deploy("web", old.Address));
        var stuck = proxy.Client.GetAsync("/", Ending);
        await begun.Task.WaitAsync(Ending);
        await proxy.DoAsync(Sample.Stage("web", fresh.Address));
        await proxy.DoAsync(new SwitchCommand("web"));

        var drain = await proxy.DoAsync(Sample.Drain("web", TimeSpan.FromMilliseconds(100)));

        Assert.Equal(new DrainResult(old.Address, 1), drain.Drain);
        Assert.Equal(503, (int)(await stuck).StatusCode);
        await cut.Task.WaitAsync(Ending);
    }

    [Fact]
    public async Task A_deploy_that_never_becomes_healthy_leaves_the_old_target_and_shows_the_evidence()
    {
        await using var old = await TestTarget.StartAsync("old");
        await using var broken = await TestTarget.StartAsync("broken");
        broken.Health = 500;
        await using var proxy = await TestProxy.StartAsync();
        await proxy.DoAsync(Sample.Deploy("web", old.Address));

        var options = Sample.Options with { DeployTimeout = TimeSpan.FromMilliseconds(400) };
        var answer = await proxy.AskAsync(Sample.Deploy("web", broken.Address, options));

        Assert.Equal(1, answer.Code);
        var probe = answer.Stage.Probe;
        Assert.False(answer.Stage.Healthy);
        Assert.Equal($"http://{broken.Address}/up", probe.Url);
        Assert.Equal((ProbeFault.Status, 500, "not broken yet"), (probe.Fault, probe.Status, probe.BodyStart));
        Assert.InRange(probe.Attempts, 2, 100);
        Assert.Equal("old", await proxy.Client.GetStringAsync("/", Ending));
        Assert.Null((await proxy.ReportAsync("web")).Staged);
    }

    [Fact]
    public async Task A_stage_ends_when_another_process_aborts_it()
    {
        await using var target = await TestTarget.StartAsync("one");
        target.Health = 503;
        await using var proxy = await TestProxy.StartAsync();
        var stage = proxy.AskAsync(Sample.Stage("web", target.Address));
        await Eventually.TrueAsync(
            async () => (await proxy.DoAsync(new ListCommand())).List.Services is [{ Probing: not null }],
            "the target is being probed"
        );

        await proxy.DoAsync(new AbortCommand("web"));

        var answer = await stage;
        Assert.Equal(1, answer.Code);
        Assert.True(answer.Stage.Aborted);
        Assert.Empty((await proxy.DoAsync(new ListCommand())).List.Services);
    }

    [Theory]
    [InlineData("switch")]
    [InlineData("revert")]
    public async Task What_has_no_place_now_fails_with_a_sentence(string command)
    {
        await using var proxy = await TestProxy.StartAsync();

        var answer = await proxy.AskAsync(ProxyCommand.Parse([command, "web"]));

        Assert.Equal(1, answer.Code);
        Assert.Contains("web", answer.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hundreds_of_requests_at_a_time_survive_twenty_switches_without_one_failure()
    {
        const int Switches = 20;
        const int AtATime = 200;
        await using var one = await TestTarget.StartAsync("one", SlowlyAsync("one"));
        await using var two = await TestTarget.StartAsync("two", SlowlyAsync("two"));
        await using var proxy = await TestProxy.StartAsync();
        await proxy.DoAsync(Sample.Deploy("web", one.Address));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ending);
        var clients = Enumerable.Range(0, AtATime).Select(n => SendAsync(proxy, n, stop.Token)).ToArray();

        for (var n = 1; n <= Switches; n++)
        {
            var (target, other) = n % 2 == 0 ? (one, two) : (two, one);
            await proxy.DoAsync(Sample.Stage("web", target.Address));
            await proxy.DoAsync(new SwitchCommand("web"));
            if (n % 3 == 0)
            {
                // Back and forth: the previous target takes requests again while it still has some of its own.
                Assert.Equal(other.Address, (await proxy.DoAsync(new RevertCommand("web"))).Switch.To);
                await proxy.DoAsync(Sample.Stage("web", target.Address));
                await proxy.DoAsync(new SwitchCommand("web"));
            }

            Assert.Equal(0, (await proxy.DoAsync(Sample.Drain("web"))).Drain.CutOff);
        }

        await stop.CancelAsync();
        var results = await Task.WhenAll(clients);
        Assert.All(results, r => Assert.Empty(r.Failures));
        Assert.InRange(results.Sum(r => r.Succeeded), AtATime, int.MaxValue);
        Assert.Equal((0, 0L), await InFlightAndErrorsAsync(proxy));
    }

    private static RequestDelegate SlowlyAsync(string name) =>
        async context =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, context.RequestAborted);
            await context.Response.WriteAsync(name, context.RequestAborted);
        };

    /// <summary>Sends one request after the other until told to stop: every third client on a new connection each time.</summary>
    private static async Task<(int Succeeded, List<string> Failures)> SendAsync(
        TestProxy proxy,
        int number,
        CancellationToken stop
    )
    {
        var (succeeded, failures) = (0, new List<string>());
        while (!stop.IsCancellationRequested && failures.Count == 0)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, "/");
                request.Headers.Connection.Add(number % 3 == 0 ? "close" : "keep-alive");
                using var response = await proxy.Client.SendAsync(request, Ending);
                var body = await response.Content.ReadAsStringAsync(Ending);
                if (response.IsSuccessStatusCode && body is "one" or "two")
                {
                    succeeded++;
                }
                else
                {
                    failures.Add($"{(int)response.StatusCode} {body}");
                }
            }
            catch (HttpRequestException failed)
            {
                failures.Add(failed.ToString());
            }
        }

        return (succeeded, failures);
    }

    private static async Task<(int InFlight, long Errors)> InFlightAndErrorsAsync(TestProxy proxy) =>
        (await proxy.ReportAsync("web")).Active is { } active ? (active.InFlight, active.Errors) : default;
}

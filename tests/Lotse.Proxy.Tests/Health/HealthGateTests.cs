using Lotse.Proxy.Contract;
using Lotse.Proxy.Health;
using Lotse.Proxy.Tests.Support;

namespace Lotse.Proxy.Tests.Health;

public sealed class HealthGateTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly SteppedTime time = new();
    private readonly FakeProbe probe = new();

    [Fact]
    public async Task The_first_probe_is_sent_at_once_and_a_healthy_answer_ends_the_wait()
    {
        var gate = Begin(new ServiceOptions());
        Assert.Equal("http://abc:3000/up", await probe.NextAsync());

        probe.Answer(204);

        var result = await gate;
        Assert.True(result.Healthy);
        Assert.Equal((1, 204), (result.Probe.Attempts, result.Probe.Status));
    }

    [Fact]
    public async Task It_asks_again_until_the_target_is_healthy()
    {
        var gate = Begin(new ServiceOptions());
        await TheLimitBeginsAsync();
        await probe.NextAsync();
        probe.Fail(ProbeFault.ConnectionRefused);
        await time.PassNextWaitAsync();
        await probe.NextAsync();
        probe.Answer(503);
        await time.PassNextWaitAsync();
        await probe.NextAsync();
        probe.Answer(200);

        var result = await gate;
        Assert.True(result.Healthy);
        Assert.Equal(3, result.Probe.Attempts);
    }

    [Fact]
    public async Task When_the_time_is_over_the_last_probe_is_the_evidence()
    {
        var gate = Begin(new ServiceOptions { DeployTimeout = TimeSpan.FromSeconds(3) });
        await TheLimitBeginsAsync();
        await probe.NextAsync();
        probe.Answer(500);
        await time.NextWaitAsync();

        time.Advance(TimeSpan.FromSeconds(3));

        var result = await gate;
        Assert.False(result.Healthy);
        Assert.False(result.Aborted);
        Assert.Equal((ProbeFault.Status, 500, 1), (result.Probe.Fault, result.Probe.Status, result.Probe.Attempts));
    }

    [Fact]
    public async Task A_probe_that_never_ends_is_named_as_such()
    {
        var gate = Begin(new ServiceOptions { DeployTimeout = TimeSpan.FromSeconds(3) });
        await probe.NextAsync();

        time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(ProbeFault.Timeout, (await gate).Probe.Fault);
    }

    [Fact]
    public async Task An_abort_ends_the_wait_at_once()
    {
        using var abort = new CancellationTokenSource();
        var gate = new HealthGate(probe, time).AwaitAsync("abc:3000", new ServiceOptions(), abort.Token);
        await probe.NextAsync();

        await abort.CancelAsync();

        var result = await gate;
        Assert.True(result.Aborted);
        Assert.False(result.Healthy);
    }

    [Theory]
    [InlineData("abc:3000", 0, "/up", "http://abc:3000/up")]
    [InlineData("abc:3000", 9090, "/health?deep=1", "http://abc:9090/health?deep=1")]
    [InlineData("[::1]:3000", 9090, "/up", "http://[::1]:9090/up")]
    public async Task The_probe_goes_to_the_health_port_and_path(string target, int port, string path, string url)
    {
        var options = new ServiceOptions { HealthCheckPort = port, HealthCheckPath = path };
        probe.Answer(200);

        var result = await new HealthGate(probe, time).AwaitAsync(target, options, CancellationToken.None);

        Assert.Equal(url, result.Probe.Url);
    }

    [Fact]
    public void Pauses_begin_short_and_grow_to_the_interval()
    {
        var pauses = Enumerable.Range(1, 200).Select(n => HealthRule.PauseAfter(n, Interval)).ToList();

        Assert.InRange(pauses[0], TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(100));
        Assert.Equal(pauses.Order(), pauses);
        Assert.Equal(Interval, pauses[^1]);
        Assert.True(pauses.Take(10).Aggregate((sum, next) => sum + next) < 2 * Interval);
    }

    [Theory]
    [InlineData(100, false)]
    [InlineData(199, false)]
    [InlineData(200, true)]
    [InlineData(204, true)]
    [InlineData(299, true)]
    [InlineData(301, false)]
    [InlineData(404, false)]
    [InlineData(503, false)]
    public void Only_2xx_is_healthy(int status, bool healthy) => Assert.Equal(healthy, HealthRule.IsHealthy(status));

    private Task<StageResult> Begin(ServiceOptions options) =>
        new HealthGate(probe, time).AwaitAsync("abc:3000", options, TestContext.Current.CancellationToken);

    /// <summary>The gate's first timer is the one of the whole wait; those after it are the pauses between probes.</summary>
    private async Task TheLimitBeginsAsync() => await time.NextWaitAsync();
}

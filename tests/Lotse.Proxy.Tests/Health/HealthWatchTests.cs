using Lotse.Proxy.Contract;
using Lotse.Proxy.Health;
using Lotse.Proxy.Targets;
using Lotse.Proxy.Tests.Support;

namespace Lotse.Proxy.Tests.Health;

public sealed class HealthWatchTests
{
    [Fact]
    public async Task It_counts_what_it_finds_until_it_is_ended()
    {
        var (time, probe) = (new SteppedTime(), new FakeProbe());
        using var ended = new CancellationTokenSource();
        using var target = new Target("abc:3000", time.GetUtcNow());
        var watch = new HealthWatch(probe, time).RunAsync(new Binding(target, Sample.Options), ended.Token);
        Assert.Null(target.Health);

        foreach (var status in new[] { 200, 503 })
        {
            await time.PassNextWaitAsync();
            Assert.Equal("http://abc:3000/up", await probe.NextAsync());
            probe.Answer(status);
        }

        await time.NextWaitAsync();
        await ended.CancelAsync();
        await watch;
        Assert.Equal((false, 2, 1), (target.Health!.Healthy, target.Health.Probes, target.Health.Failures));
        Assert.Equal((503, ProbeFault.Status), (target.Health.Last.Status, target.Health.Last.Fault));
    }
}

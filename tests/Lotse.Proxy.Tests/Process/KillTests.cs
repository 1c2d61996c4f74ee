using Lotse.Proxy.Contract;
using Lotse.Proxy.Tests.Support;

namespace Lotse.Proxy.Tests.Process;

/// <summary>The proxy is killed as a crash or an engine would, and started again on the same state.</summary>
public sealed class KillTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Ending => TestContext.Current.CancellationToken;

    [Fact]
    public async Task After_a_kill_the_proxy_serves_again_at_once_what_had_the_traffic()
    {
        await using var one = await TestTarget.StartAsync("one");
        await using var two = await TestTarget.StartAsync("two");
        await using (var proxy = await ProxyProcess.StartAsync(folder.Path))
        {
            Assert.Equal(0, (await proxy.AskAsync(Sample.Deploy("web", one.Address))).Code);
            Assert.Equal(0, (await proxy.AskAsync(Sample.Stage("web", two.Address))).Code);
            await proxy.KillAsync();
        }

        // Unhealthy by now: what served before is not to be held back by a health check.
        one.Health = 503;
        await using var again = await ProxyProcess.StartAsync(folder.Path);

        Assert.Equal("one", await again.Client.GetStringAsync("/", Ending));
        var service = Assert.Single((await again.AskAsync(new ListCommand())).List.Services);
        Assert.Equal((one.Address, (object?)null), (service.Active?.Target, service.Staged));
    }

    [Theory]
    [InlineData(3)]
    [AllOnlyData(8)]
    [RepresentedBy(
        "three kills, at the end of a switch and a little into the next ones: later kills hit no other moment of a switch"
    )]
    public async Task A_kill_at_any_moment_of_a_switch_leaves_the_state_before_or_after_it(int kills)
    {
        await using var one = await TestTarget.StartAsync("one");
        await using var two = await TestTarget.StartAsync("two");
        await using (var proxy = await ProxyProcess.StartAsync(folder.Path))
        {
            Assert.Equal(0, (await proxy.SendAsync(Sample.Deploy("web", one.Address))).Code);
            await proxy.KillAsync();
        }

        var (acknowledged, asked, switches) = (one.Address, one.Address, 0);
        for (var round = 0; round < kills; round++)
        {
            await using var proxy = await ProxyProcess.StartAsync(folder.Path);
            Assert.DoesNotContain(proxy.Said, line => line.Contains("cannot be understood", StringComparison.Ordinal));
            var active = Assert.Single((await proxy.SendAsync(new ListCommand())).List.Services).Active!.Target;
            Assert.Contains(active, new[] { acknowledged, asked });
            (acknowledged, asked) = (active, active);
            var before = switches;

            // The kill comes while switches follow each other as fast as they can, each round a little later after the first of them.
            var (kill, next) = (Task.CompletedTask, active == one.Address ? two.Address : one.Address);
            while ((await proxy.SendAsync(Sample.Stage("web", next))).Code == 0)
            {
                asked = next;
                if ((await proxy.SendAsync(new SwitchCommand("web"))).Code != 0)
                {
                    break;
                }

                (acknowledged, next, switches) = (asked, acknowledged, switches + 1);
                kill = switches == before + 1 ? KillAfterAsync(proxy, TimeSpan.FromMilliseconds(3 * round)) : kill;
            }

            await kill;
        }

        Assert.InRange(switches, kills, int.MaxValue);
    }

    [Fact]
    public async Task A_service_that_was_stopped_stays_so_over_a_kill_until_it_is_resumed()
    {
        await using var one = await TestTarget.StartAsync("one");
        await using (var proxy = await ProxyProcess.StartAsync(folder.Path))
        {
            Assert.Equal(0, (await proxy.SendAsync(Sample.Deploy("web", one.Address))).Code);
            Assert.Equal(0, (await proxy.SendAsync(new StopCommand("web", TimeSpan.Zero, "Back at ten"))).Code);
            await proxy.KillAsync();
        }

        await using var again = await ProxyProcess.StartAsync(folder.Path);

        using var stopped = await again.Client.GetAsync("/", Ending);
        Assert.Equal(503, (int)stopped.StatusCode);
        Assert.Contains("Back at ten", await stopped.Content.ReadAsStringAsync(Ending), StringComparison.Ordinal);
        Assert.Equal(0, (await again.SendAsync(new ResumeCommand("web"))).Code);
        Assert.Equal("one", await again.Client.GetStringAsync("/", Ending));
    }

    [Fact]
    public async Task A_damaged_state_is_said_and_does_not_keep_the_proxy_from_serving()
    {
        await File.WriteAllTextAsync(folder.File("state.json"), "{\"version\":1,", Ending);

        await using var proxy = await ProxyProcess.StartAsync(folder.Path);

        Assert.Contains(proxy.Said, line => line.Contains("state.json.damaged", StringComparison.Ordinal));
        Assert.Empty((await proxy.AskAsync(new ListCommand())).List.Services);
    }

    public void Dispose() => folder.Dispose();

    private static async Task KillAfterAsync(ProxyProcess proxy, TimeSpan delay)
    {
        await Task.Delay(delay, TimeProvider.System, Ending);
        await proxy.KillAsync();
    }
}

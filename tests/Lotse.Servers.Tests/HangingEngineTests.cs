using Lotse.EndToEnd.Host;
using Lotse.Execution.Rollouts;
using Lotse.Hosts.Proxy;
using Lotse.Testing.Servers;

namespace Lotse.Servers.Tests;

/// <summary>
/// The engine of one of three servers hangs in the middle of a deploy: it takes what it is asked, and answers nothing. Containers and proxy run on without it, and
/// so does sshd.
/// </summary>
public sealed class HangingEngineTests(SharedServers shared)
{
    [Theory]
    [RepresentedBy(
        "a limit of 5 s on the server that hangs, in place of the product's own 20: what is done when it is over is the same"
    )]
    [InlineData(5)]
    [AllOnlyData(20)]
    public async Task At_the_switch_it_is_not_waited_for_and_what_it_was_asked_is_not_done_later(int seconds)
    {
        await using var world = await shared.CreateAsync(SharedServers.Size, Token);
        await world.DeployAsync("v1");
        var victim = world.Servers[1];
        var others = world.Servers.Where(s => s != victim).ToList();
        await using var load = await world.LoadAsync();
        await load.WaitForVersionAsync("v1");
        if (TimeSpan.FromSeconds(seconds) is var limit && limit != LotseProxyDriver.DefaultCommandLimit)
        {
            await world.BeginAnewAsync(spec =>
                spec with
                {
                    ProxyLimits = new Dictionary<string, TimeSpan> { [victim.Address] = limit },
                }
            );
        }

        world.Deployer.OnProxy = async happened =>
        {
            if (happened == new ProxyEvent(victim.Address, ProxyMoment.BeforeSwitch))
            {
                await SignalAsync(victim, "STOP");
            }
        };

        RolloutFailedException failed;
        try
        {
            failed = await Assert.ThrowsAsync<RolloutFailedException>(() => world.DeployAsync("v2"));
        }
        finally
        {
            await SignalAsync(victim, "CONT");
        }

        TestContext.Current.TestOutputHelper?.WriteLine(failed.Message);
        Assert.Contains($"[{victim.Address}]", failed.Message, StringComparison.Ordinal);
        Assert.Contains($"the engine has not answered for {seconds} s", failed.Message, StringComparison.Ordinal);
        Assert.Contains($"every other host than {victim.Address}", failed.Message, StringComparison.Ordinal);
        foreach (var other in others)
        {
            await world.AssertAtRestAsync(other, "v1");
        }

        // The engine goes on with what it was asked, in order: this is behind it.
        await world.BeginAnewAsync();
        var host = await world.Deployer.ConnectAsync(victim.Address, Token);
        Assert.Null(Assert.Single(await host.Proxy.ListAsync(Token)).Previous);
        await load.WaitForVersionAsync("v1");

        // Without a clock that is ahead: no lease was left, on any of them.
        await world.DeployAsync("v2");
        await world.AssertAtRestAsync("v2");
        await load.WaitForVersionAsync("v2");
        var reports = await load.AssertNothingFailedAsync();
        Assert.Equal(["v1", "v2"], reports[1].Versions);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static Task<string> SignalAsync(NestedServer server, string signal) =>
        server.ExecAsync($"kill -{signal} $(cat /run/docker.pid)", Token);
}

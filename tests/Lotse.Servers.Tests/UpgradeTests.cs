using Lotse.EndToEnd.Host;
using Lotse.Execution.Health;
using Lotse.Execution.Rollouts;

namespace Lotse.Servers.Tests;

/// <summary>Releases come and go on servers, all of them at once, and no client notices.</summary>
public sealed class UpgradeTests(SharedServers shared)
{
    [Fact]
    [AllOnly("UpgradeTests.On_three_servers_an_upgrade_fails_no_request: what one server does, each of three does too")]
    public async Task On_one_server_an_upgrade_fails_no_request()
    {
        await using var world = await shared.CreateAsync(1, TestContext.Current.CancellationToken);
        await world.DeployAsync("v1");
        await using var load = await world.LoadAsync();
        await load.WaitForVersionAsync("v1");

        await world.DeployAsync("v2");
        await load.WaitForVersionAsync("v2");

        await load.AssertNothingFailedAsync("v1", "v2");
        await world.AssertAtRestAsync("v2");
    }

    [Fact]
    public async Task On_three_servers_an_upgrade_fails_no_request()
    {
        await using var world = await shared.CreateAsync(3, TestContext.Current.CancellationToken);
        await world.DeployAsync("v1");
        await using var load = await world.LoadAsync();
        await load.WaitForVersionAsync("v1");

        await world.DeployAsync("v2");
        await load.WaitForVersionAsync("v2");

        await load.AssertNothingFailedAsync("v1", "v2");
        await world.AssertAtRestAsync("v2");
        Assert.True((await world.DeployAsync("v2")).IsUpToDate);
    }

    [Fact]
    public async Task A_release_that_fails_on_one_of_three_servers_serves_on_none()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var world = await shared.CreateAsync(3, cancellation);
        await world.DeployAsync("v1");
        await using var load = await world.LoadAsync();
        await load.WaitForVersionAsync("v1");
        var odd = world.Servers[1];
        world.Deployer.OnProxy = async happened =>
        {
            if (happened == new ProxyEvent(odd.Address, ProxyMoment.BeforeStage))
            {
                await odd.ExecAsync($"docker kill {world.Spec.Service}-web-v2", cancellation);
            }
        };

        var failure = await Assert.ThrowsAsync<RolloutFailedException>(() => world.DeployAsync("v2"));
        await load.WaitForVersionAsync("v1");

        await load.AssertNothingFailedAsync("v1");
        var (step, cause) = Assert.Single(failure.Failures);
        Assert.Equal(odd.Address, step.Host);
        Assert.Equal(Cause.Killed, Assert.IsType<UnhealthyException>(cause).Diagnosis.Cause);
        await world.AssertAtRestAsync("v1");
        foreach (var server in world.Servers)
        {
            Assert.Equal([$"{world.Spec.Service}-web-v1"], await world.ContainersAsync(server));
        }
    }
}

using System.Net;
using System.Net.Sockets;
using Lotse.EndToEnd.Host;
using Lotse.Execution;
using Lotse.Execution.Leases;
using Lotse.Execution.Rollouts;
using Lotse.Testing.Load;

namespace Lotse.EndToEnd.Tests;

/// <summary>Two at once, taken ports, unknown versions, a proxy that dies.</summary>
public sealed class TroublesTests(SharedEngine shared)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Fact]
    [AllOnly(
        "TwoDeployersTests.Of_two_at_once_one_works_and_the_other_is_told_who of Lotse.Servers.Tests: on three servers, with the same leases"
    )]
    public async Task Of_two_deployers_one_works_and_the_other_is_told_who()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var world = await shared.CreateAsync(cancellation);
        await world.DeployAsync("v1");
        var release = new ReleaseSpec("v1") { Colour = "red" };
        await using var first = world.Deployer.Begin(release, "first@test");
        await using var second = world.Deployer.Begin(release, "second@test");
        await using var third = world.Deployer.Begin(release, "third@test");
        await first.LookAsync(cancellation);
        await second.LookAsync(cancellation);
        var prepared = await first.PrepareAsync(null, cancellation);

        var held = await Assert.ThrowsAsync<LeaseHeldException>(() => second.PrepareAsync(null, cancellation));
        Assert.Equal("first@test", held.Holder.Owner);
        var problem = await Assert.ThrowsAsync<UserException>(() => third.LookAsync(cancellation));
        Assert.Contains("first@test", problem.Message, StringComparison.Ordinal);

        await first.CleanUpAsync(await first.SwitchAsync(prepared, cancellation), cancellation);
        await world.AssertAtRestAsync("v1");
    }

    [Fact]
    public async Task A_deploy_that_is_interrupted_takes_back_what_it_began()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var world = await shared.CreateAsync(cancellation);
        await world.DeployAsync("v1");
        await using var load = await world.LoadAsync();

        await using (var deployment = world.Deployer.Begin(new ReleaseSpec("v1") { Colour = "red" }, "one@test"))
        {
            await deployment.LookAsync(cancellation);
            var prepared = await deployment.PrepareAsync(null, cancellation);
            using var interruption = new CancellationTokenSource();
            var switching = deployment.SwitchAsync(prepared, interruption.Token);
            await interruption.CancelAsync();
            await Assert.ThrowsAsync<RolloutFailedException>(() => switching);
        }

        (await load.StopAsync()).AssertNothingFailed();
        Assert.Single(await world.ContainersAsync());
        await world.AssertAtRestAsync("v1");
    }

    [Fact]
    public async Task A_taken_port_is_found_before_anything_is_made()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var world = await shared.CreateAsync(cancellation);
        using var taker = new TcpListener(IPAddress.Loopback, world.Spec.HttpPort);
        taker.Start();

        await Assert.ThrowsAsync<UserException>(() => world.DeployAsync("v1"));

        Assert.Empty(await world.Engine.ListAsync(world.Engine.Scope + '-', cancellation));
    }

    [Fact]
    public async Task A_rollback_to_what_never_was_lists_what_there_is()
    {
        await using var world = await shared.CreateAsync(TestContext.Current.CancellationToken);
        await world.DeployAsync("v1");
        await world.DeployAsync("v2");

        var problem = await Assert.ThrowsAsync<UserException>(() =>
            world.RollbackAsync(new ReleaseSpec("v2"), to: "v7")
        );

        Assert.Contains("v1", problem.Message, StringComparison.Ordinal);
        await world.AssertAtRestAsync("v2");
    }

    [Fact]
    public async Task A_proxy_that_is_killed_serves_the_same_release_again_by_itself()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var world = await shared.CreateAsync(cancellation);
        await world.DeployAsync("v1");

        await world.CrashProxyAsync();

        await using var load = await world.LoadAsync(new LoadProfile().OnlyShortRequests());
        await load.WaitForVersionAsync("v1", 20, Limit, cancellation);
        (await load.StopAsync()).AssertNothingFailed();
        await world.AssertAtRestAsync("v1");
    }
}

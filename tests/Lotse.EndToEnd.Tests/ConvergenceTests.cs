using Lotse.EndToEnd.Host;
using Lotse.Execution.Deployments;

namespace Lotse.EndToEnd.Tests;

/// <summary>A deploy does what is missing, and no more.</summary>
public sealed class ConvergenceTests(SharedEngine shared)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Where_nothing_changed_nothing_is_done()
    {
        await using var world = await shared.CreateAsync(TestContext.Current.CancellationToken);
        Assert.False((await world.DeployAsync("v1")).IsUpToDate);
        var before = Assert.Single(await world.ContainersAsync()).ID;
        var events = world.Deployer.Observer.Events.Count;

        var found = await world.DeployAsync("v1");

        Assert.True(found.IsUpToDate, found.Plan.Describe());
        Assert.Equal(events, world.Deployer.Observer.Events.Count);
        Assert.Equal(before, Assert.Single(await world.ContainersAsync()).ID);
    }

    [Fact]
    public async Task A_changed_variable_replaces_the_container_without_a_build()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var world = await shared.CreateAsync(cancellation);
        await world.DeployAsync(new ReleaseSpec("v1") { Colour = "blue" });
        var before = Assert.Single(await world.ContainersAsync());
        await using var load = await world.LoadAsync();

        var found = await world.DeployAsync(new ReleaseSpec("v1") { Colour = "green" });
        await load.WaitForVersionAsync("v1", 50, Limit, cancellation);

        (await load.StopAsync()).AssertNothingFailed();
        Assert.False(found.NeedsImage);
        var after = Assert.Single(await world.ContainersAsync(), c => c.State == "running");
        Assert.NotEqual(before.ID, after.ID);
        var details = await world.Engine.Client.Containers.InspectContainerAsync(after.ID, cancellation);
        Assert.Contains("COLOUR=green", details.Config.Env);
        await world.AssertAtRestAsync("v1");
    }

    [Fact]
    public async Task An_accessory_and_its_data_outlive_deploys_and_rollbacks_and_go_only_when_told()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var world = await shared.CreateAsync(cancellation);
        var first = new ReleaseSpec("v1") { AccessoryImage = await shared.ShellImageAsync(cancellation) };
        await world.DeployAsync(first);
        var accessory = await world.FindAccessoryAsync();
        var born = await world.ReadBirthAsync();

        await world.DeployAsync(first with { Version = "v2" });
        await world.RollbackAsync(first with { Version = "v2" });
        Assert.Equal(accessory, await world.FindAccessoryAsync());
        Assert.Equal(born, await world.ReadBirthAsync());

        await world
            .Deployer.Operate(first)
            .RemoveAsync(new RemoveRequest(WithData: false), (_, _) => Task.CompletedTask, cancellation);
        Assert.Empty(await world.Engine.ListAsync(world.Spec.Service, cancellation));
        Assert.Empty(await world.Engine.ListAsync(world.Spec.Machine.Proxy, cancellation));
        await world.DeployAsync(first);
        Assert.NotEqual(accessory, await world.FindAccessoryAsync());
        Assert.Equal(born, await world.ReadBirthAsync());

        await world
            .Deployer.Operate(first)
            .RemoveAsync(new RemoveRequest(WithData: true), (_, _) => Task.CompletedTask, cancellation);
        var volumes = (await world.Engine.Client.Volumes.ListAsync(cancellation)).Volumes;
        Assert.DoesNotContain(volumes, v => v.Name == DeployConfigs.DataVolume(world.Spec));
        Assert.False(Directory.Exists(world.Spec.StateFolder));
        var networks = await world.Engine.Client.Networks.ListNetworksAsync(cancellationToken: cancellation);
        Assert.DoesNotContain(networks, n => n.Name == world.Spec.Machine.Network);
    }
}

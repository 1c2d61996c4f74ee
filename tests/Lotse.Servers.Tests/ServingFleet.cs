using Lotse.EndToEnd.Host;
using Lotse.Execution;
using Lotse.Execution.Reporting;

namespace Lotse.Servers.Tests;

/// <summary>Three servers that serve v1, for all tests of a class: none of them gets as far as to change anything.</summary>
public sealed class ServingFleet(SharedServers shared) : ServingWorld(shared, SharedServers.Size)
{
    /// <summary>
    /// Begins a deploy of v2 with something wrong, under load; fails unless it is refused before any work, and v1 serves on without a failed request.
    /// </summary>
    /// <param name="change">What is wrong in the configuration.</param>
    /// <param name="breakAsync">What is wrong beside it.</param>
    /// <param name="mendAsync">Takes that back.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>What the person reads.</returns>
    public async Task<string> RefuseAsync(
        Func<WorldSpec, WorldSpec> change,
        Func<FleetWorld, Task> breakAsync,
        Func<FleetWorld, Task> mendAsync,
        CancellationToken cancellation
    )
    {
        var fleet = await GetAsync(cancellation);
        await using var load = await fleet.LoadAsync();
        await load.WaitForVersionAsync("v1");
        await fleet.BeginAnewAsync(change);
        await breakAsync(fleet);
        try
        {
            var refused = await Assert.ThrowsAsync<UserException>(() => fleet.DeployAsync("v2"));
            TestContext.Current.TestOutputHelper?.WriteLine(refused.Message);
            Assert.Empty(fleet.Deployer.Observer.Events.OfType<StateEntered>());
            await AssertNothingBuiltAsync(fleet, cancellation);
            await load.WaitForVersionAsync("v1");
            await load.AssertNothingFailedAsync("v1");
            return refused.Message;
        }
        finally
        {
            await mendAsync(fleet);
            await fleet.BeginAnewAsync();
            await fleet.AssertAtRestAsync("v1");
        }
    }

    internal static async Task AssertNothingBuiltAsync(FleetWorld fleet, CancellationToken cancellation)
    {
        var builder = await fleet.Deployer.Services.BuildEngine(cancellation);
        var images = await builder.ListImagesAsync(fleet.Spec.Service, cancellation);
        Assert.Equal([$"{fleet.Spec.Service}:v1"], images.Select(i => i.Name));
    }
}

using Lotse.EndToEnd.Host;
using Lotse.Execution.OneOffs;
using Lotse.Execution.Reporting;
using Lotse.Execution.Rollouts;
using Lotse.Testing.Load;

namespace Lotse.EndToEnd.Tests;

/// <summary>What goes before a new release on a real engine, and what follows its switch.</summary>
public sealed class MigrationTests(SharedEngine shared)
{
    private const string Migrate = "dotnet Lotse.TestApp.dll migrate";

    [Fact]
    public async Task A_migration_runs_once_and_one_that_fails_leaves_the_old_release_serving()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var world = await shared.CreateAsync(cancellation);
        await world.DeployAsync(new ReleaseSpec("one") { Migrate = Migrate });
        await using var load = await world.LoadAsync();
        await world.DeployAsync(new ReleaseSpec("two") { Migrate = Migrate });
        string[] ran = [.. Output(world).Select(l => l[.."migrating to two".Length])];
        Assert.Equal(["migrating to one", "migrating to two"], ran);

        var failed = await Assert.ThrowsAsync<RolloutFailedException>(() =>
            world.DeployAsync(new ReleaseSpec("three") { Migrate = $"{Migrate} fail" })
        );

        Assert.IsType<MigrationFailedException>(Assert.Single(failed.Failures).Failure);
        Assert.Contains("| migrating to three", failed.Message, StringComparison.Ordinal);
        await world.AssertNoContainerAsync("three");
        await world.AssertAtRestAsync("two");
        Assert.Empty(await world.Engine.ListAsync($"{world.Spec.Service}-migrate", cancellation));
        (await load.StopAsync()).AssertNothingFailed();
    }

    [Fact]
    public async Task A_release_whose_process_ends_after_the_switch_goes_back()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var world = await shared.CreateAsync(cancellation);
        await world.DeployAsync("good");
        var deploy = world.DeployAsync(new ReleaseSpec("frail") { Bake = TimeSpan.FromMinutes(5) });
        while (await world.VersionAsync() != "frail")
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellation);
            Assert.False(deploy.IsCompleted, "It is watched for longer than this test runs.");
        }

        var frail = await world.Engine.FindAsync($"{world.Spec.Service}-web-frail", cancellation);
        await frail.KillAsync(cancellation);

        var failed = await Assert.ThrowsAsync<RolloutFailedException>(() => deploy);
        Assert.EndsWith("good serves again, on every host.", failed.Message, StringComparison.Ordinal);
        await world.AssertNoContainerAsync("frail");
        await world.AssertAtRestAsync("good");
    }

    private static IEnumerable<string> Output(TestWorld world) =>
        world.Deployer.Observer.Events.OfType<StepOutput>().Select(o => o.Line);
}

using Lotse.EndToEnd.Host;
using Lotse.Execution.Health;
using Lotse.Execution.Reporting;
using Lotse.Execution.Rollouts;
using Lotse.Planning.Steps;

namespace Lotse.EndToEnd.Tests;

/// <summary>A release that cannot serve is named, taken back, and noticed by no client.</summary>
public sealed class FailingReleaseTests(SharedEngine shared)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_release_that_fails_is_diagnosed_and_leaves_the_old_one_serving()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var world = await shared.CreateAsync(cancellation);
        await world.DeployAsync("good");
        await using var load = await world.LoadAsync();

        await AssertFailsAsync(world, new ReleaseSpec("gone") { Misbehave = "exit-at-once" }, Cause.Exited);
        // Whether it has started by then or not, nothing listens.
        await AssertFailsAsync(world, Within("deaf", "never-listen", TimeSpan.FromSeconds(1)), Cause.NotListening);
        // These must have started, and nothing but time tells the proxy that they will not do better.
        var start = StartOf(world);
        await AssertFailsAsync(world, Within("missing", "health-404", start), Cause.HealthPathMissing);
        await AssertFailsAsync(world, Within("astray", "wrong-port", start), Cause.WrongPort);
        var greedy = new ReleaseSpec("greedy") { Misbehave = "out-of-memory", Memory = "64m" };
        // A busy engine may tell of a container's end before it tells that memory was the cause: then it is one that was killed.
        await AssertFailsAsync(world, greedy, Cause.OutOfMemory, Cause.Killed);
        await load.WaitForVersionAsync("good", 20, Limit, cancellation);

        var report = await load.StopAsync();
        report.AssertNothingFailed();
        Assert.Equal(["good"], report.Versions);
    }

    [Fact]
    public async Task A_release_that_ignores_SIGTERM_is_replaced_with_a_warning_that_names_it()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var world = await shared.CreateAsync(cancellation);
        await world.DeployAsync(new ReleaseSpec("stubborn") { Misbehave = "ignore-sigterm" });
        // Nobody closes the WebSockets of an application that does not know that it ends.
        await using var load = await world.LoadAsync(TestWorld.Light with { WebSocketWorkers = 0 });

        await world.DeployAsync("next");
        await load.WaitForVersionAsync("next", 20, Limit, cancellation);

        (await load.StopAsync()).AssertNothingFailed();
        var warning = Assert.Single(world.Deployer.Observer.Events.OfType<Warning>());
        Assert.Contains($"{world.Spec.Service}-web-stubborn", warning.Text, StringComparison.Ordinal);
    }

    /// <summary>More time than a release takes to start: by how long the good one took here and now.</summary>
    private static TimeSpan StartOf(TestWorld world)
    {
        var staged = Assert.Single(world.Deployer.Observer.Events.OfType<StepDone>(), s => s.Step is StageTarget);
        return TimeSpan.FromSeconds(3) + 4 * staged.Took;
    }

    private static ReleaseSpec Within(string version, string misbehave, TimeSpan limit) =>
        new(version) { Misbehave = misbehave, DeployTimeout = limit };

    private static async Task AssertFailsAsync(TestWorld world, ReleaseSpec release, params Cause[] causes)
    {
        var failure = await Assert.ThrowsAsync<RolloutFailedException>(() => world.DeployAsync(release));
        var unhealthy = Assert.IsType<UnhealthyException>(Assert.Single(failure.Failures).Failure);
        Assert.True(
            causes.Contains(unhealthy.Diagnosis.Cause),
            $"{string.Join(" or ", causes)} was expected: {failure.Message}"
        );
        await world.AssertNoContainerAsync(release.Version);
        await world.AssertAtRestAsync("good");
    }
}

using Lotse.Execution.Health;
using Lotse.Execution.Rollouts;

namespace Lotse.Execution.Tests.Transcripts;

/// <summary>A container that ends while the proxy asks after its health fails the deploy then, and not when its time to become healthy is over.</summary>
public sealed class EndedContainerTests
{
    [Fact]
    public async Task A_container_that_ends_while_it_is_staged_is_not_waited_for()
    {
        var fleet = new Fleet("web1");
        await fleet.DeployAsync("1");
        var host = fleet.Hosts[0];
        var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Fault = call =>
        {
            if (call == "abort app-web")
            {
                aborted.TrySetResult();
            }

            return null;
        };
        var isAborted = false;
        // As a proxy does, which goes on asking until the stage is aborted or its time is over.
        host.OnStaged = async () =>
        {
            host.End("app-web-2", 3);
            var over = Task.Delay(TimeSpan.FromMinutes(5), fleet.Time);
            isAborted = await Task.WhenAny(aborted.Task, over) == aborted.Task;
        };

        var failed = Assert.IsType<RolloutFailedException>(await fleet.TryDeployAsync("2"));

        Assert.True(isAborted, "The proxy was left to ask after a container that had ended.");
        var unhealthy = Assert.IsType<UnhealthyException>(Assert.Single(failed.Failures).Failure);
        Assert.Equal(Cause.Exited, unhealthy.Diagnosis.Cause);
        Assert.Equal("1", host.Serving);
        Assert.Equal(["app-web-1 Running"], host.Containers);
    }
}

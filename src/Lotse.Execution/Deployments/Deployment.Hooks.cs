using Lotse.Execution.Hooks;
using Lotse.Execution.Ports;
using Lotse.Execution.Rollouts;

namespace Lotse.Execution.Deployments;

public sealed partial class Deployment
{
    private HookCalls? hooks;

    private HookCalls Hooks =>
        hooks ??= new HookCalls(
            services,
            () => config,
            new HookCommand(
                CommandOf(request.IsRollback),
                request.Performer,
                Version: request.Version,
                Commit: request.Commit
            )
        );

    /// <summary>Runs the user's <c>pre-build</c> hook; false when there is none.</summary>
    /// <exception cref="HookFailedException">It failed.</exception>
    public Task<bool> RunPreBuildHookAsync(CancellationToken cancellation) =>
        GuardAsync(() => Hooks.RunAsync(HookNames.PreBuild, HostSet.NamesOf(config), cancellation));

    /// <summary>Calls the hook <c>deploy-failed</c> when the stage fails, whatever it was.</summary>
    private async Task<T> GuardAsync<T>(Func<Task<T>> stage)
    {
        try
        {
            return await stage();
        }
        catch (Exception failure)
        {
            await Hooks.RunFailedAsync(HostSet.NamesOf(config), FailedHosts(failure), failure);
            throw;
        }
    }

    private static IEnumerable<string> FailedHosts(Exception failure) =>
        failure switch
        {
            RolloutFailedException rollout => rollout.Failures.Select(f => f.Step.Host),
            HostException host => [host.Host],
            _ => [],
        };
}

using Lotse.Execution.Ports;

namespace Lotse.Execution.Handlers;

/// <summary>The end of a container as a task that can be waited for beside others.</summary>
internal static class ContainerEnd
{
    /// <summary>Never completes.</summary>
    public static Task Never => new TaskCompletionSource().Task;

    /// <summary>Completes when the container ends; never when the watch breaks, which tells nothing of the container, or when there is none.</summary>
    public static async Task Of(Task<ContainerExit>? exited)
    {
        if (exited is not null)
        {
            await ((Task)exited).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await (exited?.IsCompletedSuccessfully == true ? Task.CompletedTask : Never);
    }
}

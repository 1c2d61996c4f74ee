namespace Lotse.Execution.Tests;

internal static class Eventually
{
    /// <summary>Waits until another thread has done its part; the test's own time-out ends a wait in vain.</summary>
    public static async Task UntilAsync(this ITestContext context, Func<Task<bool>> isDone)
    {
        while (!await isDone())
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}

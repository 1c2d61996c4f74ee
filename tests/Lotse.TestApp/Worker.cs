using System.Runtime.InteropServices;

namespace Lotse.TestApp;

/// <summary>Does nothing until it is told to stop, and serves nothing.</summary>
internal static class Worker
{
    public static async Task<int> RunAsync()
    {
        var stopped = new TaskCompletionSource();
        using var signal = PosixSignalRegistration.Create(
            PosixSignal.SIGTERM,
            context =>
            {
                context.Cancel = true;
                stopped.TrySetResult();
            }
        );
        Console.WriteLine($"working as {Environment.GetEnvironmentVariable("KAMAL_CONTAINER_NAME")}");
        await stopped.Task;
        return 0;
    }
}

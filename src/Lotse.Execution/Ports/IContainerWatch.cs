namespace Lotse.Execution.Ports;

/// <summary>Watches one container from the moment it was asked for.</summary>
public interface IContainerWatch : IAsyncDisposable
{
    /// <summary>
    /// Completes when the container's process ends, however often the engine starts it again afterwards. It never completes
    /// while the process runs; it faults when the engine can no longer be asked.
    /// </summary>
    Task<ContainerExit> Exited { get; }
}

/// <summary>How a container's process ended.</summary>
/// <param name="ExitCode">Its exit code; 128 + n when signal n ended it.</param>
/// <param name="OutOfMemory">Whether the engine reported that the kernel killed for memory.</param>
public sealed record ContainerExit(int ExitCode, bool OutOfMemory);

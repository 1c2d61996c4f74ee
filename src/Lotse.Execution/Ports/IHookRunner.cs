using System.Collections.Immutable;

namespace Lotse.Execution.Ports;

/// <summary>Runs the user's hook scripts.</summary>
public interface IHookRunner
{
    /// <summary>
    /// Runs a hook when its file exists. Its output goes to <paramref name="output"/> line by line.
    /// Null when there is no such hook.
    /// </summary>
    Task<HookResult?> RunAsync(
        string hook,
        IReadOnlyDictionary<string, string> environment,
        IProgress<string> output,
        CancellationToken cancellation
    );
}

/// <summary>How a hook ended.</summary>
/// <param name="File">Its file, as a person would name it.</param>
/// <param name="ExitCode">Its exit code; null when it could not be started.</param>
/// <param name="Tail">The last lines it wrote, or why it could not be started.</param>
public sealed record HookResult(string File, int? ExitCode, ImmutableArray<string> Tail)
{
    /// <summary>What a person can do when it failed.</summary>
    public string Cure { get; init; } = "Mend the hook, or take it away, and run the same command again.";
}

using Lotse.Execution.Ports;

namespace Lotse.Execution.Hooks;

/// <summary>A hook script ended with another code than 0, or could not be started.</summary>
/// <param name="hook">The hook's name.</param>
/// <param name="result">How it ended.</param>
/// <param name="consequence">What that means for the hosts; may be empty.</param>
public sealed class HookFailedException(string hook, HookResult result, string consequence)
    : Exception(Compose(result, consequence))
{
    /// <summary>The hook's name.</summary>
    public string Hook { get; } = hook;

    /// <summary>Its exit code; null when it could not be started.</summary>
    public int? ExitCode { get; } = result.ExitCode;

    private static string Compose(HookResult result, string consequence)
    {
        var end = result.ExitCode is { } code ? $"ended with exit code {code}" : "could not be started";
        var output = string.Concat(result.Tail.Select(l => $"\n    | {l}"));
        return $"The hook {result.File} {end}.{output}\n  → {consequence}{result.Cure}";
    }
}

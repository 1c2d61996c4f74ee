namespace Lotse.Execution.Ports;

/// <summary>Runs the user's hook scripts.</summary>
public interface IHookRunner
{
    /// <summary>
    /// Runs a hook when its file exists. Its output goes to <paramref name="output"/> line by line.
    /// False when there is no such hook. Throws <see cref="UserException"/> when it ends with another code than 0.
    /// </summary>
    Task<bool> RunAsync(
        string hook,
        IReadOnlyDictionary<string, string> environment,
        IProgress<string> output,
        CancellationToken cancellation
    );
}

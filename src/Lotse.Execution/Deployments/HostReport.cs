using Lotse.Execution.Ports;

namespace Lotse.Execution.Deployments;

/// <summary>What was asked of several hosts at once: all answers, or one report of all that went wrong.</summary>
internal static class HostReport
{
    private const string LeaveOut = ", or leave a host out that is down: `--skip-host NAME`";

    /// <summary>Waits for all of them.</summary>
    /// <exception cref="UserException">Some hosts failed: all of them are named, each with its cause and cure.</exception>
    public static async Task<T[]> AllAsync<T>(IReadOnlyList<Task<T>> asking)
    {
        var failures = await FailuresAsync(asking);
        return failures.Count == 0 ? await Task.WhenAll(asking) : throw Problem(failures, asking.Count, []);
    }

    /// <summary>Waits for all of them, and gives what went wrong.</summary>
    public static async Task<List<HostException>> FailuresAsync(IReadOnlyList<Task> asking)
    {
        await Task.WhenAll(asking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return [.. asking.Select(a => a.Exception?.InnerException).OfType<HostException>()];
    }

    /// <summary>The report.</summary>
    /// <param name="failures">What went wrong, on which hosts.</param>
    /// <param name="asked">How many hosts there are.</param>
    /// <param name="others">What is wrong with hosts that can be used.</param>
    public static UserException Problem(IReadOnlyList<HostException> failures, int asked, IReadOnlyList<string> others)
    {
        var texts = failures.Select(f => f.Message.ReplaceLineEndings("\n    ")).Concat(others).Select(t => $"  - {t}");
        var failed = failures.Select(f => f.Host).Distinct().Count();
        var more = others.Count == 0 ? "" : $", and there are {others.Count} problem(s) on others";
        return new UserException(
            $"{failed} of {asked} host(s) cannot be used{more}; nothing was changed:\n{string.Join('\n', texts)}",
            // Without all of them there would be nothing left to do.
            $"Mend that and run the same command again{(failed < asked ? LeaveOut : "")}."
        )
        {
            IsMisuse = false,
        };
    }
}

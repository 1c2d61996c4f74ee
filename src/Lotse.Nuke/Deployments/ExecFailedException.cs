using Lotse.Execution.Deployments;

namespace Lotse.Nuke.Deployments;

/// <summary>A person's command ended with another code than 0 somewhere, or did not run: the build ends with the first such code.</summary>
internal sealed class ExecFailedException(IReadOnlyList<ExecResult> failed)
    : Exception(string.Join('\n', failed.Select(Describe)))
{
    public int ExitCode => failed.FirstOrDefault(r => r.ExitCode is not null)?.ExitCode ?? 1;

    private static string Describe(ExecResult result) =>
        result.ExitCode is { } code
            ? $"[{result.Host}] the command ended with exit code {code}."
            : $"[{result.Host}] the command did not come to its end: the reason stands above.";
}

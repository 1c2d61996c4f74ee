using Lotse.Execution.Deployments;

namespace Lotse.Nuke.Deployments;

/// <summary>A person's command ended with another code than 0: the build ends with the same.</summary>
internal sealed class ExecFailedException(ExecResult result)
    : Exception($"[{result.Host}] the command ended with exit code {result.ExitCode}.")
{
    public int ExitCode => result.ExitCode;
}

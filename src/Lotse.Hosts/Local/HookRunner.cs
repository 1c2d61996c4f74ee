using System.Collections.Immutable;
using Lotse.Execution;
using Lotse.Execution.Ports;

namespace Lotse.Hosts.Local;

/// <summary>Runs the hook scripts of a project, named as Kamal's: executable files without an extension.</summary>
/// <param name="projectFolder">The project's folder: where hooks run.</param>
/// <param name="hooksPath">The folder that holds them, relative to the project's folder.</param>
public sealed class HookRunner(string projectFolder, string hooksPath) : IHookRunner
{
    /// <inheritdoc/>
    public async Task<bool> RunAsync(
        string hook,
        IReadOnlyDictionary<string, string> environment,
        IProgress<string> output,
        CancellationToken cancellation
    )
    {
        var file = Path.Combine(projectFolder, hooksPath, hook);
        if (!File.Exists(file))
        {
            return false;
        }

        var shown = Path.Combine(hooksPath, hook);
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & UnixFileMode.UserExecute) == 0)
        {
            throw new UserException($"The hook {shown} is not executable.", $"chmod +x {shown}");
        }

        var request = new ProcessRequest
        {
            Program = file,
            Directory = projectFolder,
            Environment = environment.ToImmutableDictionary(),
            OnLine = output.Report,
        };
        var result = await LocalProcess.RunAsync(request, cancellation);
        return result.ExitCode == 0
            ? true
            : throw new UserException(
                $"The hook {shown} ended with exit code {result.ExitCode}.{string.Concat(result.Tail.Select(l => $"\n    | {l}"))}",
                "Nothing was changed on any host. Mend the hook, or take it away, and deploy again."
            );
    }
}

using System.Collections.Immutable;
using System.ComponentModel;
using Lotse.Execution.Ports;

namespace Lotse.Hosts.Local;

/// <summary>Runs the hook scripts of a project, named as Kamal's: executable files without an extension.</summary>
/// <param name="projectFolder">The project's folder: where hooks run.</param>
/// <param name="hooksPath">The folder that holds them, relative to the project's folder.</param>
public sealed class HookRunner(string projectFolder, string hooksPath) : IHookRunner
{
    /// <summary>ETXTBSY of execve(2), on Linux and macOS alike: a file that is open to be written to is not run.</summary>
    private const int TextFileBusy = 26;

    /// <summary>Whether there is such a hook.</summary>
    public bool Has(string hook) => File.Exists(FileOf(hook));

    /// <inheritdoc/>
    public async Task<HookResult?> RunAsync(
        string hook,
        IReadOnlyDictionary<string, string> environment,
        IProgress<string> output,
        CancellationToken cancellation
    )
    {
        var file = FileOf(hook);
        if (!Has(hook))
        {
            return null;
        }

        var shown = Path.Combine(hooksPath, hook);
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & UnixFileMode.UserExecute) == 0)
        {
            return new HookResult(shown, null, ["It is not executable."]) { Cure = $"chmod +x {shown}" };
        }

        var request = new ProcessRequest
        {
            // Windows does not know a script by its first line; Git brings a bash.
            Program = OperatingSystem.IsWindows() ? "bash" : file,
            Arguments = OperatingSystem.IsWindows() ? [file] : [],
            Directory = projectFolder,
            Environment = environment.ToImmutableDictionary(),
            OnLine = output.Report,
        };
        try
        {
            var result = await LocalProcess.RunAsync(request, cancellation);
            return new HookResult(shown, result.ExitCode, result.Tail);
        }
        catch (Win32Exception cannotStart)
        {
            return new HookResult(shown, null, [cannotStart.Message])
            {
                Cure =
                    OperatingSystem.IsWindows()
                        ? "Hooks need bash: install Git for Windows, and have its bash.exe on the PATH."
                    : cannotStart.NativeErrorCode == TextFileBusy
                        ? "Another program has it open to write to it. Let that end, then run the command again."
                    : "Its first line must name the program that runs it, like #!/bin/sh.",
            };
        }
    }

    private string FileOf(string hook) => Path.Combine(projectFolder, hooksPath, hook);
}

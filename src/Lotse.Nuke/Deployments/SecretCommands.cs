using System.Diagnostics;
using Lotse.Configuration;

namespace Lotse.Nuke.Deployments;

/// <summary>Runs the commands of secrets files: through the shell's standard input, so that what they hold is in no argv.</summary>
internal sealed class SecretCommands(string folder)
{
    public ShellResult Run(string command)
    {
        var info = new ProcessStartInfo(OperatingSystem.IsWindows() ? "bash" : "/bin/sh", ["-s"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        using var shell = Process.Start(info)!;
        // All three at once: a command that writes much to one pipe would else wait for ever for its reader.
        var output = shell.StandardOutput.ReadToEndAsync();
        var error = shell.StandardError.ReadToEndAsync();
        shell.StandardInput.Write(command + "\n");
        shell.StandardInput.Close();
        shell.WaitForExit();
        return new ShellResult(shell.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }
}

using System.Collections;
using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using Nuke.Common.IO;

namespace Nuke.Common.Execution;

/// <summary>
/// The context of a build that is a process: the real command line, environment, console and signals.
/// </summary>
internal static class ProcessContext
{
    public static BuildContext Create()
    {
        if (OperatingSystem.IsWindows())
            Console.OutputEncoding = Encoding.UTF8;

        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
            environment[(string)variable.Key] = (string)variable.Value!;

        return new([.. Environment.GetCommandLineArgs().Skip(1)], environment, Directory.GetCurrentDirectory())
        {
            Output = Console.Out,
            IsOutputRedirected = Console.IsOutputRedirected,
            AssemblyFile = Assembly.GetEntryAssembly()?.Location is { Length: > 0 } file ? file : null,
            Open = HasDesktop(environment) ? OpenWithDesktop : null,
            OnInterrupt = OnInterrupt,
        };
    }

    private static bool HasDesktop(Dictionary<string, string> environment) =>
        OperatingSystem.IsLinux()
            ? environment.ContainsKey("DISPLAY") || environment.ContainsKey("WAYLAND_DISPLAY")
            : Environment.UserInteractive;

    private static void OpenWithDesktop(AbsolutePath file) =>
        Process.Start(new ProcessStartInfo(file) { UseShellExecute = true })?.Dispose();

    private static PosixSignalRegistration OnInterrupt(Action action) =>
        PosixSignalRegistration.Create(
            PosixSignal.SIGINT,
            signal =>
            {
                // Where the build itself has taken the signal over, it winds down on its own.
                if (!signal.Cancel)
                    action();
            }
        );
}

using System.Runtime.InteropServices;

namespace Lotse.Testing.Processes;

/// <summary>The signals that tests send, with the numbers that Linux and macOS share but for the last two, which are Linux's.</summary>
public enum Signal
{
    /// <summary>SIGHUP: the terminal is gone.</summary>
    HangUp = 1,

    /// <summary>SIGINT: Ctrl+C.</summary>
    Interrupt = 2,

    /// <summary>SIGKILL: no handler, no goodbye.</summary>
    Kill = 9,

    /// <summary>SIGTERM: please end.</summary>
    Terminate = 15,

    /// <summary>SIGCONT: go on.</summary>
    Continue = 18,

    /// <summary>SIGSTOP: stand still.</summary>
    Stop = 19,
}

internal static partial class Posix
{
    public static void Send(int processId, Signal signal)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException("Windows has no signals; use Kill.");
        }

        // A process that has just ended is no error for who wanted it to end.
        const int noSuchProcess = 3;
        if (kill(processId, (int)signal) != 0 && Marshal.GetLastPInvokeError() != noSuchProcess)
        {
            throw new InvalidOperationException(
                $"Cannot send {signal} to process {processId}: {Marshal.GetLastPInvokeErrorMessage()}."
            );
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int signal);
}

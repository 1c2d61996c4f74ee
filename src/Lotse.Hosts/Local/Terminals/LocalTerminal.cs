using Lotse.Execution;
using Lotse.Execution.Ports;

namespace Lotse.Hosts.Local.Terminals;

/// <summary>The terminal of this process, on Linux, macOS and Windows.</summary>
/// <param name="time">The clock; only Windows, which tells no change of size, is asked at intervals.</param>
public sealed class LocalTerminal(TimeProvider time) : ITerminal
{
    /// <inheritdoc/>
    public ITerminalSession Open()
    {
        if (Console.IsInputRedirected || Console.IsOutputRedirected)
        {
            var lacks = Console.IsInputRedirected ? "input" : "output";
            throw new UserException(
                $"The {lacks} is no terminal, and --interactive needs one.",
                "Leave out --interactive."
            );
        }

        return OperatingSystem.IsWindows() ? new WindowsSession(time) : new UnixSession();
    }
}

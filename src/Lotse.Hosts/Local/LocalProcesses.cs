using System.Diagnostics;
using System.Globalization;
using Lotse.Execution.Ports;

namespace Lotse.Hosts.Local;

/// <summary>The processes of this machine.</summary>
public sealed class LocalProcesses : IProcessProbe
{
    /// <inheritdoc/>
    public ProcessIdentity Self { get; } = Describe(Process.GetCurrentProcess());

    /// <inheritdoc/>
    public bool? IsAlive(ProcessIdentity process)
    {
        if (process.Machine != Self.Machine)
        {
            return null;
        }

        try
        {
            using var running = Process.GetProcessById(process.Id);
            return Describe(running) == process;
        }
        catch (ArgumentException)
        {
            return false;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static ProcessIdentity Describe(Process process) => new(MachineId(), process.Id, StartOf(process));

    /// <summary>
    /// On Linux the kernel's own count of ticks since boot (proc(5), field 22), which stays the same whatever happens to the clock;
    /// elsewhere the time.
    /// </summary>
    private static string StartOf(Process process)
    {
        var stat = $"/proc/{process.Id}/stat";
        if (OperatingSystem.IsLinux() && File.Exists(stat))
        {
            var text = File.ReadAllText(stat);
            // The name in field 2 may hold blanks and brackets; the state, field 3, follows the last bracket.
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] == "Z" ? "ended" : fields[19];
        }

        return process.StartTime.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture);
    }

    /// <summary>The boot's id where there is one: after a reboot no earlier process lives. Containers share it, so the host name goes with it.</summary>
    private static string MachineId()
    {
        const string BootId = "/proc/sys/kernel/random/boot_id";
        var boot = OperatingSystem.IsLinux() && File.Exists(BootId) ? File.ReadAllText(BootId).Trim() : "";
        // Containers that share the host's name count their processes on their own (pid_namespaces(7)).
        var processes = OperatingSystem.IsLinux() ? new FileInfo("/proc/self/ns/pid").LinkTarget : null;
        return $"{Environment.MachineName}/{boot}/{processes}";
    }
}

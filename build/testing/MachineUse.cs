using System.Globalization;

namespace Lotse.TestRuns;

/// <summary>How busy the machine was, over all its processes, between two looks (proc_stat(5)).</summary>
/// <param name="Busy">Time in which a core computed, summed over the cores, in hundredths of a second.</param>
/// <param name="Idle">The same for time in which a core did nothing.</param>
public sealed record MachineUse(long Busy, long Idle)
{
    /// <summary>Looks now; null where the system does not tell.</summary>
    public static MachineUse? Read()
    {
        const string File = "/proc/stat";
        if (!System.IO.File.Exists(File))
        {
            return null;
        }

        // cpu  user nice system idle iowait irq softirq steal ...
        var numbers = System
            .IO.File.ReadLines(File)
            .First()
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Skip(1)
            .Take(8)
            .Select(n => long.Parse(n, CultureInfo.InvariantCulture))
            .ToList();
        var idle = numbers[3] + numbers[4];
        return new MachineUse(numbers.Sum() - idle, idle);
    }

    /// <summary>What was used since an earlier look: <c>612 s of processor time, cores idle 12 % of the time</c>.</summary>
    public string Since(MachineUse before)
    {
        var (busy, idle) = (Busy - before.Busy, Idle - before.Idle);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{busy / 100} s of processor time, cores idle {100.0 * idle / Math.Max(1, busy + idle):0} % of the time"
        );
    }
}

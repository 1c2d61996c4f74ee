using System.Diagnostics;
using System.Globalization;

namespace Lotse.Testing.Engine;

/// <summary>
/// Identifies this test process on an engine, in a way that lets a later one find out whether it is still alive.
/// Its text is part of names and the value of a label: lt-[process namespace]-[process id]-[start in Unix seconds].
/// </summary>
/// <param name="Namespace">In which process ids have their meaning; 0 where the system has no such thing.</param>
/// <param name="ProcessId">The test process.</param>
/// <param name="Started">When it started.</param>
public sealed record TestRun(long Namespace, int ProcessId, DateTimeOffset Started)
{
    private const string Prefix = "lt";

    // Two readings of a process's start differ by rounding.
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(5);

    // Nobody can ask about a process in another namespace; no test runs for that long.
    private static readonly TimeSpan MostAge = TimeSpan.FromHours(12);

    /// <summary>The run that this process is.</summary>
    public static TestRun Current { get; } = ReadCurrent();

    /// <summary>Reads the run out of a label, or out of a name that begins with it.</summary>
    public static TestRun? Parse(string text)
    {
        var parts = text.Split('-');
        return
            parts.Length >= 4
            && parts[0] == Prefix
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var space)
            && int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var process)
            && long.TryParse(parts[3], NumberStyles.None, CultureInfo.InvariantCulture, out var started)
            ? new TestRun(space, process, DateTimeOffset.FromUnixTimeSeconds(started))
            : null;
    }

    /// <summary>Whether its process is gone, so that what it left may be removed.</summary>
    public bool IsDead(DateTimeOffset now) =>
        now - Started > MostAge || (Namespace == Current.Namespace && !IsRunning());

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix}-{Namespace}-{ProcessId}-{Started.ToUnixTimeSeconds()}");

    private static TestRun ReadCurrent()
    {
        using var process = Process.GetCurrentProcess();
        return new TestRun(ReadNamespace(), process.Id, StartOf(process));
    }

    private static long ReadNamespace()
    {
        // A link such as pid:[4026531836], see namespaces(7).
        var target = new FileInfo("/proc/self/ns/pid").LinkTarget;
        return target is null ? 0 : long.Parse(target.AsSpan(5, target.Length - 6), CultureInfo.InvariantCulture);
    }

    private static DateTimeOffset StartOf(Process process) =>
        DateTimeOffset.FromUnixTimeSeconds(new DateTimeOffset(process.StartTime).ToUnixTimeSeconds());

    private bool IsRunning()
    {
        try
        {
            using var process = Process.GetProcessById(ProcessId);
            return (StartOf(process) - Started).Duration() <= Tolerance;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }
}

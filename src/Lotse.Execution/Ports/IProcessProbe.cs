namespace Lotse.Execution.Ports;

/// <summary>Tells processes apart, so that a lease whose holder has died on this very machine need not expire first.</summary>
public interface IProcessProbe
{
    /// <summary>This process.</summary>
    ProcessIdentity Self { get; }

    /// <summary>Whether that process still runs; null when it belongs to another machine and cannot be seen from here.</summary>
    bool? IsAlive(ProcessIdentity process);
}

/// <summary>One process, told apart from a later one that got the same number.</summary>
/// <param name="Machine">The machine's own id, or its name where it has none.</param>
/// <param name="Id">The process id.</param>
/// <param name="StartedAt">When it was started, in the operating system's own precision, as text.</param>
public sealed record ProcessIdentity(string Machine, int Id, string StartedAt);

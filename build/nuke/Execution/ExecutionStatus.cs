namespace Nuke.Common.Execution;

/// <summary>Where a target stands.</summary>
public enum ExecutionStatus
{
    /// <summary>Not part of the run.</summary>
    None,

    /// <summary>Waits for its turn.</summary>
    Scheduled,

    /// <summary>Did not get its turn, because something failed before.</summary>
    NotRun,

    /// <summary>Was left out.</summary>
    Skipped,

    /// <summary>Ran to its end.</summary>
    Succeeded,

    /// <summary>Threw an exception.</summary>
    Failed,

    /// <summary>Runs now.</summary>
    Running,

    /// <summary>Ran when the build was interrupted.</summary>
    Aborted,

    /// <summary>Has no actions of its own.</summary>
    Collective,
}

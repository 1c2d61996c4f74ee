namespace Nuke.Common;

/// <summary>How much of the log reaches the console.</summary>
public enum Verbosity
{
    /// <summary>Everything, with the stack traces of exceptions.</summary>
    Verbose,

    /// <summary>Debug messages and above. The default.</summary>
    Normal,

    /// <summary>Warnings and errors.</summary>
    Minimal,

    /// <summary>Errors.</summary>
    Quiet,
}

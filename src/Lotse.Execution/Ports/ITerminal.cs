namespace Lotse.Execution.Ports;

/// <summary>The terminal that this process runs in.</summary>
public interface ITerminal
{
    /// <summary>Has it pass on each key as it is typed, Ctrl-C included, until the session is disposed.</summary>
    /// <exception cref="UserException">Input or output is no terminal.</exception>
    ITerminalSession Open();
}

/// <summary>A terminal that passes on each key. Disposal makes it what it was before.</summary>
public interface ITerminalSession : IDisposable
{
    /// <summary>What is typed. A read ends with a key, not by cancellation.</summary>
    Stream Input { get; }

    /// <summary>What is shown.</summary>
    Stream Output { get; }

    /// <summary>Its size now.</summary>
    TerminalSize Size { get; }

    /// <summary>Its size has changed. Raised on any thread.</summary>
    event Action? Resized;
}

/// <summary>A terminal's size, in characters.</summary>
public sealed record TerminalSize(int Columns, int Rows);

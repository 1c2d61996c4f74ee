using Lotse.Execution.Ports;

namespace Lotse.Execution.Tests.Transcripts;

/// <summary>A terminal at which nobody types, and that knows whether it was left as it was found.</summary>
internal sealed class OpenedTerminal : ITerminal, ITerminalSession
{
    public bool IsOpen { get; private set; }

    public Stream Input => Stream.Null;

    public Stream Output => Stream.Null;

    public TerminalSize Size => new(80, 24);

    public event Action? Resized
    {
        add { }
        remove { }
    }

    public ITerminalSession Open()
    {
        IsOpen = true;
        return this;
    }

    public void Dispose() => IsOpen = false;
}

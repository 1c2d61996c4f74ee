namespace Lotse.Testing.Processes;

/// <summary>How a program ended.</summary>
/// <param name="ExitCode">Its exit code; 128 + n when signal n ended it.</param>
/// <param name="Lines">All that it wrote, in the order of arrival.</param>
public sealed record ProcessResult(int ExitCode, IReadOnlyList<OutputLine> Lines)
{
    /// <summary>Standard output, lines joined by a line feed.</summary>
    public string Output => Join(OutputChannel.Out);

    /// <summary>Standard error, lines joined by a line feed.</summary>
    public string Error => Join(OutputChannel.Error);

    /// <summary>Both, as a terminal shows them.</summary>
    public string Text => string.Join('\n', Lines.Select(line => line.Text));

    private string Join(OutputChannel stream) =>
        string.Join('\n', Lines.Where(line => line.Channel == stream).Select(line => line.Text));
}

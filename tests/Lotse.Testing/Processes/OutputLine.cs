namespace Lotse.Testing.Processes;

/// <summary>Where a program wrote a line.</summary>
public enum OutputChannel
{
    /// <summary>Standard output.</summary>
    Out,

    /// <summary>Standard error.</summary>
    Error,
}

/// <summary>One line of a program's output.</summary>
/// <param name="Channel">Where it was written.</param>
/// <param name="Offset">When it arrived, after the start.</param>
/// <param name="Text">The line without its end.</param>
public sealed record OutputLine(OutputChannel Channel, TimeSpan Offset, string Text)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"{Offset.TotalSeconds, 8:0.000} {(Channel == OutputChannel.Out ? "out" : "err")} {Text}";
}

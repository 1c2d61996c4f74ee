namespace Lotse.TestRuns.Faults;

/// <summary>Files of faults cannot be used: they do not have the form, or their text does not stand in the sources (any more).</summary>
/// <param name="problems">What is wrong, a line for each.</param>
public sealed class FaultFileException(IReadOnlyList<string> problems)
    : Exception($"Fix these faults, then run the command again:\n{string.Join('\n', problems.Select(p => $"  - {p}"))}")
{
    /// <summary>What is wrong, a line for each.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;
}

namespace Lotse.TestRuns.Faults;

/// <summary>A fault that is put into the product to see whether the tests find it.</summary>
public sealed record Fault
{
    /// <summary>Its file's name without the extension.</summary>
    public required string Name { get; init; }

    /// <summary>What the product then does wrong.</summary>
    public required string Wrong { get; init; }

    /// <summary>The promise of the product that this breaks.</summary>
    public required string Breaks { get; init; }

    /// <summary>The tests that are to find it, the cheapest first.</summary>
    public required IReadOnlyList<TestSelection> CaughtBy { get; init; }

    /// <summary>Why only the large test run can find it; null where the small one does.</summary>
    public string? OnlyInAll { get; init; }

    /// <summary>The file that is changed, relative to the repository's folder.</summary>
    public required string File { get; init; }

    /// <summary>What is changed in it.</summary>
    public required IReadOnlyList<Replacement> Replacements { get; init; }
}

/// <summary>A text that stands once in the file, and what takes its place.</summary>
/// <param name="Search">The text, one line or more, as it stands there.</param>
/// <param name="Replace">The other text; may be empty.</param>
public sealed record Replacement(string Search, string Replace);

/// <summary>Tests of one project.</summary>
/// <param name="Project">The project's name.</param>
/// <param name="Filter">Options of the test program that choose some of its tests; empty for all.</param>
public sealed record TestSelection(string Project, string Filter)
{
    /// <inheritdoc/>
    public override string ToString() => Filter.Length == 0 ? Project : $"{Project} {Filter}";
}

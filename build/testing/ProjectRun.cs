namespace Lotse.TestRuns;

/// <summary>What came of a run of a project.</summary>
/// <param name="Project">The project.</param>
public sealed record ProjectRun(TestProject Project)
{
    /// <summary>Tests that are over, and failures outside of tests.</summary>
    public IReadOnlyList<TestResult> Results { get; init; } = [];

    /// <summary>What took time.</summary>
    public IReadOnlyList<TimedPart> Parts { get; init; } = [];

    /// <summary>What fixtures waited for.</summary>
    public IReadOnlyDictionary<string, TimeSpan> FixtureWaits { get; init; } = new Dictionary<string, TimeSpan>();

    /// <summary>Tests that were under way when the run was cut off.</summary>
    public IReadOnlyList<string> Unfinished { get; init; } = [];

    /// <summary>From the start of the program to its end.</summary>
    public TimeSpan Time { get; init; }

    /// <summary>How many tests came to this.</summary>
    public int Count(TestOutcome outcome) => Results.Count(r => r.Outcome == outcome);
}

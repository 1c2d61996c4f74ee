namespace Lotse.TestRuns;

/// <summary>What came of a test.</summary>
public enum TestOutcome
{
    /// <summary>It ran to its end, and all that it asserts was so.</summary>
    Passed,

    /// <summary>It failed, hung, or was never heard of again.</summary>
    Failed,

    /// <summary>It did not run, and says why.</summary>
    Skipped,
}

/// <summary>A test that is over, or a failure outside of any test.</summary>
/// <param name="Project">Its project.</param>
/// <param name="Name">Its full name, with the arguments of its row.</param>
/// <param name="Outcome">What came of it.</param>
/// <param name="Time">From its first to its last moment, construction and disposal included.</param>
/// <param name="Text">The failure with its stack trace, or the reason why it was skipped; else empty.</param>
/// <param name="Output">What it wrote.</param>
public sealed record TestResult(
    string Project,
    string Name,
    TestOutcome Outcome,
    TimeSpan Time,
    string Text = "",
    string Output = ""
);

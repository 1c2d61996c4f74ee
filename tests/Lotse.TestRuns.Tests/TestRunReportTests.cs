namespace Lotse.TestRuns.Tests;

/// <summary>What is said of a run when it is over.</summary>
public sealed class TestRunReportTests
{
    private static readonly Dictionary<string, TimeSpan> Nothing = [];

    [Fact]
    public void Results_are_counted_over_all_projects()
    {
        var report = new TestRunReport([
            Run("A.Tests", TestOutcome.Passed, TestOutcome.Passed, TestOutcome.Failed),
            Run("B.Tests", TestOutcome.Skipped, TestOutcome.Passed),
        ]);

        Assert.Equal("3 passed, 1 failed, 1 skipped", report.Counts);
        Assert.False(report.IsGood);
    }

    [Fact]
    public void A_run_without_a_test_that_passed_is_not_good()
    {
        Assert.False(new TestRunReport([Run("A.Tests")]).IsGood);
        Assert.False(new TestRunReport([Run("A.Tests", TestOutcome.Skipped)]).IsGood);
        Assert.True(new TestRunReport([Run("A.Tests", TestOutcome.Skipped, TestOutcome.Passed)]).IsGood);
    }

    [Fact]
    public void A_run_that_was_cut_off_is_not_good() =>
        Assert.False(
            new TestRunReport([Run("A.Tests", TestOutcome.Passed) with { Unfinished = ["A.Tests.X"] }]).IsGood
        );

    [Fact]
    public void The_ten_longest_parts_of_each_project_are_named_with_what_they_waited_for()
    {
        var parts = Enumerable
            .Range(1, 12)
            .Select(n => new TimedPart($"B.Tests.Some.T{n}", TimeSpan.FromSeconds(n), Nothing))
            .Append(
                new TimedPart(
                    "B.Tests.Slow",
                    TimeSpan.FromSeconds(42.2),
                    new Dictionary<string, TimeSpan>
                    {
                        ["server boot"] = TimeSpan.FromSeconds(3.5),
                        ["deploy"] = TimeSpan.FromSeconds(20),
                    }
                )
            );
        var report = new TestRunReport([
            Run("A.Tests", TestOutcome.Passed) with
            {
                Parts = [new TimedPart("A.Tests.Quick", TimeSpan.FromSeconds(0.2), Nothing)],
            },
            Run("B.Tests", TestOutcome.Passed) with
            {
                Parts = [.. parts],
                Time = TimeSpan.FromSeconds(60),
                FixtureWaits = new Dictionary<string, TimeSpan> { ["server boot"] = TimeSpan.FromSeconds(4) },
            },
        ]);

        var lines = report.DescribeTimes().ToList();

        Assert.Equal(
            [
                "B.Tests: 60.0 s, its tests 120.2 s one after the other; waited for deploy 20.0 s, server boot 7.5 s",
                "    42.2 s  Slow  deploy 20.0 s, server boot 3.5 s",
                "    12.0 s  Some.T12",
            ],
            lines.Take(3)
        );
        Assert.Equal(11, lines.Count);
    }

    private static ProjectRun Run(string project, params TestOutcome[] outcomes) =>
        new(new TestProject { Name = project, File = project })
        {
            Results = [.. outcomes.Select((o, n) => new TestResult(project, $"T{n}", o, TimeSpan.Zero))],
        };
}

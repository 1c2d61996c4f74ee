using System.Globalization;

namespace Lotse.TestRuns;

/// <summary>What came of all projects of a test run.</summary>
/// <param name="runs">The projects' runs, in the order in which they ended.</param>
public sealed class TestRunReport(IReadOnlyList<ProjectRun> runs)
{
    private const int Longest = 10;
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(1);

    /// <summary>All results.</summary>
    public IEnumerable<TestResult> Results => runs.SelectMany(r => r.Results);

    /// <summary>Whether every test that was to run did, and none failed, and there was one.</summary>
    public bool IsGood =>
        !Results.Any(r => r.Outcome == TestOutcome.Failed)
        && Results.Any(r => r.Outcome == TestOutcome.Passed)
        && runs.All(r => r.Unfinished.Count == 0);

    /// <summary><c>2407 passed, 0 failed, 3 skipped</c>: what programs that read the output look for.</summary>
    public string Counts =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Count(TestOutcome.Passed)} passed, {Count(TestOutcome.Failed)} failed, {Count(TestOutcome.Skipped)} skipped"
        );

    /// <summary>For each project that took a while: its longest tests and fixtures, and what they waited for.</summary>
    public IEnumerable<string> DescribeTimes()
    {
        foreach (var run in runs.OrderByDescending(r => r.Time))
        {
            var parts = run.Parts.Where(p => p.Time >= Least).OrderByDescending(p => p.Time).Take(Longest).ToList();
            if (parts.Count == 0)
            {
                continue;
            }

            var sum = run.Parts.Aggregate(TimeSpan.Zero, (all, p) => all + p.Time);
            yield return $"{run.Project.Name}: {Seconds(run.Time)}, its tests {Seconds(sum)} one after the other; "
                + $"waited for {Or(Waits.Describe(AllWaits(run)), "nothing that they tell")}";
            foreach (var part in parts)
            {
                yield return $"  {Seconds(part.Time), 8}  {Short(run, part.Name)}  {Waits.Describe(part.Waits)}".TrimEnd();
            }
        }
    }

    private static Dictionary<string, TimeSpan> AllWaits(ProjectRun run)
    {
        var all = new Dictionary<string, TimeSpan>(run.FixtureWaits);
        foreach (var (what, time) in run.Parts.SelectMany(p => p.Waits))
        {
            all[what] = all.GetValueOrDefault(what) + time;
        }

        return all;
    }

    private static string Seconds(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");

    private static string Or(string text, string other) => text.Length > 0 ? text : other;

    private static string Short(ProjectRun run, string name) =>
        name.StartsWith(run.Project.Name + ".", StringComparison.Ordinal)
            ? name[(run.Project.Name.Length + 1)..]
            : name;

    private int Count(TestOutcome outcome) => runs.Sum(r => r.Count(outcome));
}

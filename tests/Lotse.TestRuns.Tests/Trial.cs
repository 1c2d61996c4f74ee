using System.Collections.Concurrent;

namespace Lotse.TestRuns.Tests;

/// <summary>Runs tests of <see cref="TrialTests"/> and <see cref="TrialOfHanging"/> in a program of their own, as a test run does.</summary>
internal sealed class Trial
{
    /// <summary>The variable that breaks the fixture's clean-up.</summary>
    public const string BrokenFixture = "LOTSE_TRIAL_BROKEN_FIXTURE";

    private readonly ConcurrentQueue<TestResult> told = new();

    /// <summary>What was told while it ran, in order.</summary>
    public IReadOnlyList<TestResult> Told => [.. told];

    /// <summary>Is called for each result that is told.</summary>
    public Action<TestResult> OnTold { get; init; } = _ => { };

    /// <summary>When a test counts as hanging.</summary>
    public TimeSpan HangLimit { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Takes stacks.</summary>
    public Func<int, Task<string>> TakeStacks { get; init; } = _ => Task.FromResult("the stacks");

    public async Task<ProjectRun> RunAsync(CancellationToken cancellation, params string[] tests)
    {
        var options = new TestRunOptions
        {
            Arguments =
            [
                "-explicit",
                "only",
                // Two classes at once, on a machine with one core as well.
                "-maxThreads",
                "2",
                .. from test in tests
                from type in (Type[])[typeof(TrialTests), typeof(TrialOfHanging)]
                from argument in (string[])["-method", $"{type.FullName}.{test}"]
                select argument,
            ],
            TakeStacks = TakeStacks,
        };
        var runner = new ProjectRunner(options, Take, TimeProvider.System);
        return await runner.RunAsync(Project with { HangLimit = HangLimit }, cancellation);

        void Take(TestResult result)
        {
            told.Enqueue(result);
            OnTold(result);
        }
    }

    private static TestProject Project =>
        TestProject.Find(Path.Combine(Repository.Root, "tests")).Single(p => p.Name == "Lotse.TestRuns.Tests");
}

namespace Lotse.TestRuns.Tests;

/// <summary>What is told of a real test program, and when.</summary>
public sealed class ProjectRunnerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_result_is_told_with_its_name_failure_and_output()
    {
        var trial = new Trial();

        var run = await trial.RunAsync(Token, "Passes", "Fails", "Skips");

        Assert.Equal(3, run.Results.Count);
        Assert.Equal(run.Results, trial.Told);
        var failed = Assert.Single(run.Results, r => r.Outcome == TestOutcome.Failed);
        Assert.Equal("Lotse.TestRuns.Tests.TrialTests.Fails", failed.Name);
        Assert.Contains("expected this", failed.Text, StringComparison.Ordinal);
        Assert.Contains("TrialTests.cs:line ", failed.Text, StringComparison.Ordinal);
        Assert.Equal("what it saw\n", failed.Output);
        var skipped = Assert.Single(run.Results, r => r.Outcome == TestOutcome.Skipped);
        Assert.Equal("there is no such thing here", skipped.Text);
        Assert.Empty(run.Unfinished);
    }

    [Fact]
    public async Task What_tests_and_fixtures_waited_for_is_read()
    {
        var run = await new Trial().RunAsync(Token, "Passes");

        var test = Assert.Single(run.Parts, p => p.Name.EndsWith(".Passes", StringComparison.Ordinal));
        Assert.Equal(TimeSpan.FromSeconds(1.5), test.Waits["server boot"]);
        Assert.Equal(TimeSpan.FromSeconds(2.5), run.FixtureWaits["image build"]);
        Assert.Contains(run.Parts, p => p.Name == "Lotse.TestRuns.Tests.TrialTests (fixtures)");
    }

    [Fact]
    public async Task A_failure_is_told_while_others_still_run_and_a_run_that_is_cut_off_names_what_was_under_way()
    {
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var trial = new Trial { OnTold = _ => cut.Cancel() };

        // Nothing else ends the test that hangs: this returns only if the failure was told meanwhile.
        var run = await trial.RunAsync(cut.Token, "Fails", "Hangs_in_an_asynchronous_method");

        Assert.False(Token.IsCancellationRequested);
        Assert.Contains(trial.Told, r => r.Name.EndsWith(".Fails", StringComparison.Ordinal));
        Assert.DoesNotContain(run.Results, r => r.Name.Contains("Hangs", StringComparison.Ordinal));
        Assert.False(new TestRunReport([run]).IsGood);
    }

    [Fact]
    public async Task A_test_that_hangs_is_named_with_the_stack_of_the_method_that_waits()
    {
        var trial = new Trial
        {
            HangLimit = TimeSpan.FromSeconds(2),
            TakeStacks = id => StackDump.TakeAsync(Repository.Root, id),
        };

        var run = await trial.RunAsync(Token, "Hangs_in_an_asynchronous_method");

        var hung = Assert.Single(run.Results);
        Assert.Equal(TestOutcome.Failed, hung.Outcome);
        Assert.EndsWith(".Hangs_in_an_asynchronous_method", hung.Name, StringComparison.Ordinal);
        Assert.StartsWith("It hangs: ", hung.Text, StringComparison.Ordinal);
        Assert.Contains("WaitForWhatNeverComesAsync", hung.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_test_that_ends_the_program_is_named_with_the_last_words()
    {
        var run = await new Trial().RunAsync(Token, "Ends_the_program");

        var gone = Assert.Single(run.Results);
        Assert.Equal(TestOutcome.Failed, gone.Outcome);
        Assert.Contains("ended with exit code 134 before it was done", gone.Text, StringComparison.Ordinal);
        Assert.Contains("its last words", gone.Output, StringComparison.Ordinal);
        // The program may be gone before it has told that the test began: then the runtime's own words name it.
        Assert.Contains(".Ends_the_program()", gone.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Marks_of_rows_are_asked_for_and_the_large_run_leaves_out_nothing()
    {
        var project = TestProject.Find(Path.Combine(Repository.Root, "tests"))[0];
        IReadOnlyList<string> Arguments(bool all) =>
            new ProjectRunner(new TestRunOptions { All = all }, _ => { }, TimeProvider.System).Arguments(project);

        Assert.Contains("-preEnumerateTheories", Arguments(all: false));
        Assert.Contains("run=all", Arguments(all: false));
        Assert.DoesNotContain(Arguments(all: true), a => a.StartsWith("-trait", StringComparison.Ordinal));
    }
}

using Microsoft.Extensions.Time.Testing;

namespace Lotse.TestRuns.Tests;

/// <summary>What is read from the messages of a test program; the messages are those of xunit.v3 4.0.2.</summary>
public sealed class ProjectProgressTests
{
    private const string Begin = "2026-12-01T10:00:00+00:00";
    private readonly List<TestResult> told = [];
    private readonly FakeTimeProvider time = new(DateTimeOffset.Parse(Begin, null));
    private readonly ProjectProgress progress;

    public ProjectProgressTests() => progress = new ProjectProgress("P.Tests", time, told.Add);

    [Fact]
    public void An_exception_inside_another_is_told_with_it()
    {
        Start("a");
        progress.Take(
            """{"$type":"test-failed","TestUniqueID":"a","ExceptionTypes":["System.ArgumentException","System.IO.IOException"],"Messages":["outer","inner\nline"],"StackTraces":["   at X",null]}"""
        );

        Assert.Equal("ArgumentException: outer\n---- IOException: inner\nline\n   at X", Assert.Single(told).Text);
    }

    [Fact]
    public void A_clean_up_that_fails_is_a_failure_of_its_class()
    {
        progress.Take("""{"$type":"test-class-starting","TestClassUniqueID":"c","TestClassName":"P.Tests.Some"}""");
        progress.Take(
            """{"$type":"test-class-cleanup-failure","TestClassUniqueID":"c","ExceptionTypes":["X"],"Messages":["it is stuck"],"StackTraces":[null]}"""
        );

        var failed = Assert.Single(told);
        Assert.Equal(("P.Tests.Some", TestOutcome.Failed), (failed.Name, failed.Outcome));
        Assert.Contains("it is stuck", failed.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_time_of_fixtures_is_that_before_the_first_test_and_after_the_last()
    {
        progress.Take(
            $$"""{"$type":"test-class-starting","TestClassUniqueID":"c","TestClassName":"P.Tests.Some","StartTime":"{{Begin}}"}"""
        );
        Start("a", "2026-12-01T10:00:05+00:00");
        progress.Take(
            """{"$type":"test-passed","TestUniqueID":"a","TestClassUniqueID":"c","ExecutionTime":1.5,"FinishTime":"2026-12-01T10:00:07+00:00"}"""
        );
        progress.Take(
            """{"$type":"test-class-finished","TestClassUniqueID":"c","FinishTime":"2026-12-01T10:00:08+00:00"}"""
        );

        Assert.Equal(
            [("name of a", TimeSpan.FromSeconds(1.5)), ("P.Tests.Some (fixtures)", TimeSpan.FromSeconds(6))],
            progress.Parts.Select(p => (p.Name, p.Time))
        );
    }

    [Fact]
    public void What_runs_is_known_with_its_time_and_fails_when_the_program_is_gone()
    {
        Start("a");
        Start("b");
        Start("waits for its turn", isItsTurn: false);
        progress.Take("""{"$type":"test-output","TestUniqueID":"b","Output":"so far\n"}""");
        progress.Take("""{"$type":"test-passed","TestUniqueID":"a"}""");
        time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal([("name of b", TimeSpan.FromSeconds(9))], progress.Running);

        progress.FailRunning("it is gone", "last words");

        Assert.Empty(progress.Running);
        Assert.Equal(
            new TestResult(
                "P.Tests",
                "name of b",
                TestOutcome.Failed,
                TimeSpan.FromSeconds(9),
                "it is gone",
                "so far\nlast words"
            ),
            told[^1]
        );
    }

    [Fact]
    public void Where_none_is_known_to_have_begun_those_that_were_announced_are_named()
    {
        Start("a", isItsTurn: false);

        progress.FailRunning("it is gone", "");

        Assert.Equal("name of a", Assert.Single(told).Name);
    }

    [Fact]
    public void What_a_test_prints_is_no_message_even_where_it_looks_like_one()
    {
        progress.Take("{ not JSON");
        progress.Take("""{"kind":"other"}""");
        progress.Take("plain");

        Assert.Empty(told);
        Assert.Equal("{ not JSON\n{\"kind\":\"other\"}\nplain", progress.LastLines);
    }

    [Fact]
    public void A_test_that_was_not_chosen_is_no_result()
    {
        Start("a");
        progress.Take("""{"$type":"test-not-run","TestUniqueID":"a"}""");
        progress.Take("""{"$type":"test-finished","TestUniqueID":"a"}""");

        Assert.Empty(progress.Results);
        Assert.Empty(progress.Running);
    }

    private void Start(string id, string at = Begin, bool isItsTurn = true)
    {
        progress.Take(
            $$"""{"$type":"test-starting","TestUniqueID":"{{id}}","TestClassUniqueID":"c","TestDisplayName":"name of {{id}}","StartTime":"{{at}}"}"""
        );
        if (isItsTurn)
        {
            progress.Take($$"""{"$type":"test-class-construction-starting","TestUniqueID":"{{id}}"}""");
        }
    }
}

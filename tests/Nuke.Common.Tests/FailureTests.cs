using Serilog;

namespace Nuke.Common.Tests;

public sealed class FailureTests : IDisposable
{
    private readonly Trial trial = new();

    private sealed class Build : NukeBuild
    {
        Target Fail => _ => _.Executes(() => throw new InvalidOperationException("deploy.yml:3:1 no\nDo this instead"));

        Target AfterFail => _ => _.DependsOn(Fail).Executes(() => Log.Information("after"));

        Target Assured => _ => _.AssuredAfterFailure().After(AfterFail).Executes(() => Log.Information("assured"));

        Target Proceed =>
            _ => _.ProceedAfterFailure().Executes(() => throw new InvalidOperationException("not so bad"));

        Target AfterProceed => _ => _.DependsOn(Proceed).Executes(() => Log.Information("went on"));

        Target FailAsync =>
            _ =>
                _.Executes(async () =>
                {
                    await Task.Yield();
                    throw new TimeoutException("async");
                });

        Target WaitAsync =>
            _ =>
                _.Executes(async () =>
                    {
                        await Task.Yield();
                        Log.Information("awaited");
                    })
                    .Executes(() => Log.Information("then this"));

        Target Joined => _ => _.Executes(() => Task.Run(() => throw new TimeoutException("joined")).Wait());

        Target Noted =>
            _ =>
                _.Executes(() =>
                {
                    ReportSummary(notes =>
                    {
                        notes["Host"] = "a";
                        return notes;
                    });
                    throw new InvalidOperationException("with a note");
                });

        Target ExitWith3 => _ => _.Executes(() => ExitCode = 3);

        Target FailWith2 =>
            _ =>
                _.Executes(() =>
                {
                    ExitCode = 2;
                    throw new InvalidOperationException("misuse");
                });
    }

    [Fact]
    public void A_failure_ends_the_build_and_what_comes_after_does_not_run()
    {
        var result = trial.Run<Build>("AfterFail");

        Assert.Equal(-1, result.ExitCode);
        Assert.Equal("AfterFail NotRun", result.Row("AfterFail"));
        Assert.Equal("Fail Failed < 1sec // InvalidOperationException: deploy.yml:3:1 no", result.Row("Fail"));
    }

    [Fact]
    public void The_message_is_shown_whole_and_without_a_stack_trace()
    {
        var result = trial.Run<Build>("Fail");

        Assert.Contains(
            "05:06:07 [ERR] Target Fail has thrown an exception\ndeploy.yml:3:1 no\nDo this instead\n",
            result.Output
        );
        Assert.DoesNotContain(" at Nuke.", result.Output);
    }

    [Fact]
    public void The_stack_trace_is_there_for_who_wants_it()
    {
        var result = trial.Run<Build>("Fail", "--verbosity", "verbose");

        Assert.Contains("System.InvalidOperationException: deploy.yml:3:1 no", result.Output);
        Assert.Contains("   at Nuke.Common.Tests.FailureTests", result.Output);
    }

    [Fact]
    public void The_log_file_keeps_the_stack_trace_in_any_case()
    {
        trial.Run<Build>("Fail", "--verbosity", "quiet");

        Assert.Contains("05:06:07.000 [ERR] Target Fail", trial.ReadFile("temp/build.log"));
        Assert.Contains("   at Nuke.Common.Tests.FailureTests", trial.ReadFile("temp/build.log"));
    }

    [Fact]
    public void Assured_targets_run_after_a_failure() =>
        Assert.Equal(["Fail", "Assured"], trial.Run<Build>("AfterFail", "Assured").Ran);

    [Fact]
    public void The_build_goes_on_after_a_failure_that_allows_it_and_still_fails()
    {
        var result = trial.Run<Build>("AfterProceed");

        Assert.Equal(-1, result.ExitCode);
        Assert.Equal(["Proceed", "AfterProceed"], result.Ran);
        Assert.Contains("Build failed on", result.Output);
    }

    [Fact]
    public void Asynchronous_actions_are_awaited_in_order() =>
        Assert.Equal(["awaited", "then this"], trial.Run<Build>("WaitAsync").Logged);

    [Theory]
    [InlineData("FailAsync", "TimeoutException: async")]
    [InlineData("Joined", "TimeoutException: joined")]
    public void The_exception_of_a_task_is_shown_itself(string target, string note) =>
        Assert.Equal($"{target} Failed < 1sec // {note}", trial.Run<Build>(target).Row(target));

    [Fact]
    public void A_note_stays_where_the_target_fails_later() =>
        Assert.Equal("Noted Failed < 1sec // Host: a", trial.Run<Build>("Noted").Row("Noted"));

    [Theory]
    [InlineData("ExitWith3", 3)]
    [InlineData("FailWith2", 2)]
    public void The_build_can_choose_its_exit_code(string target, int exitCode) =>
        Assert.Equal(exitCode, trial.Run<Build>(target).ExitCode);

    private sealed class BrokenConstructor : NukeBuild
    {
        public BrokenConstructor() => throw new InvalidOperationException("constructor says no");
    }

    [Fact]
    public void A_build_that_cannot_be_made_says_why()
    {
        var result = trial.Run<BrokenConstructor>("Any");

        Assert.Equal(-1, result.ExitCode);
        Assert.Equal("constructor says no\n", result.Output);
    }

    private sealed class Interruptible : NukeBuild
    {
        public static Action? Interrupt { get; set; }

        Target Hang => _ => _.Executes(() => Interrupt!());

        Target Next => _ => _.DependsOn(Hang).Executes(() => Log.Information("next"));

        Target Assured => _ => _.AssuredAfterFailure().After(Next).Executes(() => Log.Information("assured"));
    }

    [Fact]
    public void An_interrupt_runs_what_is_assured_and_sums_up()
    {
        Interruptible.Interrupt = () => trial.Interrupt!();
        var result = trial.Run<Interruptible>("Next", "Assured");

        Assert.Equal(["Hang", "Assured"], result.Ran);
        Assert.Contains("Aborted", result.Output);
        Assert.Single(result.Lines, line => line.StartsWith("Build failed on", StringComparison.Ordinal));
        Assert.DoesNotContain("[INF] next", result.Output);
    }

    public void Dispose() => trial.Dispose();
}

using Nuke.Common.Execution;
using Serilog;

namespace Nuke.Common.Tests;

public sealed class LifeCycleTests : IDisposable
{
    private readonly Trial trial = new();

    private sealed class Build : NukeBuild
    {
        [Parameter]
        readonly bool Bad;

        [Parameter]
        readonly string Name = "-";

        Target Prepare => _ => _.OnlyWhenDynamic(() => false).Executes(() => { });

        Target Work =>
            _ =>
                _.DependsOn(Prepare)
                    .Executes(() => Log.Information("{State}", State))
                    .Executes(() =>
                        throw (Bad ? new InvalidOperationException("bad") : new OperationCanceledException())
                    );

        Target Fine => _ => _.DependsOn(Prepare).Executes(() => Log.Information("{State}", State));

        Target Late => _ => _.DependsOn(Fine).Executes(() => Log.Information("{State}", State));

        private string State =>
            $"plan {Names(ExecutionPlan)} invoked {Names(InvokedTargets)} running {Names(RunningTargets)} "
            + $"scheduled {Names(ScheduledTargets)} skipped {Names(SkippedTargets)} finished {Names(FinishedTargets)}";

        protected internal override void OnBuildCreated() => Log.Information("created with {Name}", Name);

        protected internal override void OnBuildInitialized() => Log.Information("initialized");

        protected internal override void OnBuildFinished() =>
            Log.Information("finished {Finished} {Failing} {Code}", IsFinished, IsFailing, ExitCode);

        protected internal override void OnTargetRunning(string target) => Log.Information("running {Target}", target);

        protected internal override void OnTargetSkipped(string target) => Log.Information("skipped {Target}", target);

        protected internal override void OnTargetSucceeded(string target) =>
            Log.Information("succeeded {Target}", target);

        protected internal override void OnTargetFailed(string target) => Log.Information("failed {Target}", target);

        private static string Names(IEnumerable<ExecutableTarget> targets) =>
            string.Join('+', targets.Select(x => x.Name));
    }

    [Fact]
    public void The_build_sees_each_step_and_the_state_of_the_targets() =>
        Assert.Equal(
            [
                "created with x",
                "initialized",
                "skipped Prepare",
                "running Fine",
                "plan Prepare+Fine+Late invoked Late running Fine scheduled Late skipped Prepare finished ",
                "succeeded Fine",
                "running Late",
                "plan Prepare+Fine+Late invoked Late running Late scheduled  skipped Prepare finished Fine",
                "succeeded Late",
                "finished True False 0",
            ],
            trial.Run<Build>("Late", "--name", "x").Logged
        );

    [Fact]
    public void The_build_sees_a_failure()
    {
        var logged = trial.Run<Build>("Work", "--bad").Logged;

        Assert.Contains("failed Work", logged);
        Assert.Equal("finished True True -1", logged[^1]);
    }

    private sealed class Resumable : NukeBuild
    {
        [Parameter]
        readonly bool Works;

        Target First => _ => _.Executes(() => Log.Information("first"));

        Target Second => _ => _.DependsOn(First).Executes(() => Assert.True(Works));

        Target Other => _ => _.DependsOn(First).Executes(() => Log.Information("other"));
    }

    [Fact]
    public void Continue_leaves_out_what_succeeded_before()
    {
        Assert.Equal(["First", "Second"], trial.Run<Resumable>("Second").Ran);

        var result = trial.Run<Resumable>("Second", "--continue", "--works");
        Assert.Equal(["Second"], result.Ran);
        Assert.Equal("First Skipped", result.Row("First"));
    }

    [Fact]
    public void Continue_starts_anew_for_other_targets()
    {
        trial.Run<Resumable>("Second");
        var result = trial.Run<Resumable>("Other", "--continue");

        Assert.Contains("[WRN] There is no earlier attempt of these targets to continue", result.Output);
        Assert.Equal(["First", "Other"], result.Ran);
    }

    [Fact]
    public void An_attempt_that_cannot_be_noted_fails_nothing()
    {
        Directory.CreateDirectory(trial.Root / ".nuke" / "temp" / "build-attempt.log");

        Assert.Equal(0, trial.Run<Resumable>("Other").ExitCode);
    }

    [Fact]
    public void Notes_need_a_running_target()
    {
        var result = trial.Run<TooEarly>("Any");

        Assert.Equal(-1, result.ExitCode);
        Assert.Contains("No target is running", result.Output);
    }

    private sealed class TooEarly : NukeBuild
    {
        Target Any => _ => _.Executes(() => { });

        protected internal override void OnBuildInitialized() => ReportSummary(notes => notes);
    }

    public void Dispose() => trial.Dispose();
}

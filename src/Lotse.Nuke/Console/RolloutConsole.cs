using System.Globalization;
using Lotse.Configuration;
using Lotse.Execution.Ports;
using Lotse.Execution.Reporting;
using Lotse.Execution.Rollouts;
using Lotse.Planning.Steps;
using Serilog;
using Serilog.Events;

namespace Lotse.Nuke.Console;

/// <summary>Tells a person what a rollout does: meaning as log lines, commands and calls only at debug level, layers as they come.</summary>
/// <param name="progress">The line of what is under way.</param>
/// <param name="hooksOutput">Whether hooks show what they write, by hook; the empty name stands for all others.</param>
internal sealed class RolloutConsole(ProgressLine progress, IReadOnlyDictionary<string, HookOutput> hooksOutput)
    : IRolloutObserver
{
    private readonly LayerBoard layers = new();

    public void Report(RolloutEvent happened)
    {
        switch (happened)
        {
            case StateEntered { State: RolloutState.Rollback }:
                progress.Clear();
                Log.Information("Taking back what was begun");
                break;
            case StateEntered entered:
                Log.Verbose("Rollout: {State}", entered.State);
                break;
            case StepStarted started:
                Log.Verbose("[{Host}] {Step} …", started.Step.Host, started.Step.Describe());
                break;
            case LayerMoved moved:
                progress.Show(layers.Take(moved.Layer));
                break;
            case StepDone done:
                progress.Clear();
                Say(done);
                break;
            case StepFailed failed:
                progress.Clear();
                Log.Verbose("[{Host}] failed: {Step}", failed.Step.Host, failed.Step.Describe());
                break;
            case StepUndone undone:
                Log.Information("[{Host}] taken back: {Step}", undone.Step.Host, undone.Step.Describe());
                break;
            case StepOutput output:
                progress.Clear();
                Log.Information("[{Host}] | {Line}", output.Step.Host, output.Line);
                break;
            case HookLine line:
                progress.Clear();
                Log.Write(LevelOf(line.Hook), "{Hook} | {Line}", line.Hook, line.Line);
                break;
            case HookDone done:
                progress.Clear();
                Log.Information("hook {Hook} ({Took})", done.Hook, Seconds(done.Took));
                break;
            case Remark remark:
                Log.Information("[{Host}] {Text}", remark.Host, remark.Text);
                break;
            case Warning warning:
                Log.Warning("[{Host}] {Text}", warning.Host, warning.Text);
                break;
        }
    }

    private LogEventLevel LevelOf(string hook)
    {
        var output = hooksOutput.GetValueOrDefault(hook, hooksOutput.GetValueOrDefault("", HookOutput.Verbose));
        return output == HookOutput.Verbose ? LogEventLevel.Information : LogEventLevel.Verbose;
    }

    private static string Seconds(TimeSpan took) =>
        string.Create(CultureInfo.InvariantCulture, $"{took.TotalSeconds:0.00} s");

    private void Say(StepDone done)
    {
        var took = Seconds(done.Took);
        switch (done.Step)
        {
            case PullImage pull:
                Log.Information(
                    "[{Host}] {Image} is there: {Layers} ({Took})",
                    pull.Host,
                    pull.ImageName,
                    layers.Summary(),
                    took
                );
                break;
            case StageTarget staged:
                Log.Information("[{Host}] {Container} is healthy ({Took})", staged.Host, staged.Container, took);
                break;
            case CreateContainer or RenameContainer or RemoveContainer { Reason: "beyond retain_containers" }:
                Log.Verbose("[{Host}] {Step} ({Took})", done.Step.Host, done.Step.Describe(), took);
                break;
            default:
                Log.Information("[{Host}] {Step} ({Took})", done.Step.Host, done.Step.Describe(), took);
                break;
        }
    }
}

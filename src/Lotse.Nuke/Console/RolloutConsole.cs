using System.Globalization;
using Lotse.Execution.Ports;
using Lotse.Execution.Reporting;
using Lotse.Execution.Rollouts;
using Lotse.Planning.Steps;
using Serilog;

namespace Lotse.Nuke.Console;

/// <summary>Tells a person what a rollout does: meaning as log lines, commands and calls only at debug level, layers as they come.</summary>
internal sealed class RolloutConsole(ProgressLine progress) : IRolloutObserver
{
    private readonly LayerBoard layers = new();

    public void Report(RolloutEvent happened)
    {
        switch (happened)
        {
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
            case Remark remark:
                Log.Information("[{Host}] {Text}", remark.Host, remark.Text);
                break;
            case Warning warning:
                Log.Warning("[{Host}] {Text}", warning.Host, warning.Text);
                break;
        }
    }

    private void Say(StepDone done)
    {
        var took = string.Create(CultureInfo.InvariantCulture, $"{done.Took.TotalSeconds:0.00} s");
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

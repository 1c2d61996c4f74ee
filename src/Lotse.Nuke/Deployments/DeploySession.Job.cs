using Lotse.Nuke.Console;

namespace Lotse.Nuke.Deployments;

public sealed partial class DeploySession
{
    /// <summary>The file in which GitHub takes a job's summary, in Markdown.</summary>
    private const string SummaryVariable = "GITHUB_STEP_SUMMARY";

    /// <summary>The deploy or rollback that is under way, and whether its summary is still to be written.</summary>
    private (bool IsRollback, bool IsOpen) job;

    /// <summary>From now on a summary is due, whatever comes.</summary>
    private void OpenJob(bool isRollback) => job = (isRollback, true);

    /// <summary>Adds what came of the deploy to the summary of the CI job, where there is one; once.</summary>
    private void WriteJobSummary(Exception? failure = null) => WriteJobSummary(failure?.Message);

    private void WriteJobSummary(string? failure)
    {
        if (!job.IsOpen || Environment.GetEnvironmentVariable(SummaryVariable) is not { Length: > 0 } file)
        {
            return;
        }

        job = job with { IsOpen = false };
        var report = new JobReport
        {
            Destination = destination,
            Version = Release?.Value,
            From = Found?.Plan.From,
            IsKnown = Found is not null,
            Hosts = failure is null || Switched is not null ? Serving() : [],
            Stages = stages,
            Failure = failure,
            IsUpToDate = failure is null && Found is { IsUpToDate: true },
            IsRollback = job.IsRollback,
        };
        File.AppendAllText(file, mask.Apply(report.ToMarkdown()));
    }

    /// <summary>A target of the user's own that failed ends the build between two stages, and nobody tells the session.</summary>
    private void CloseJob() =>
        WriteJobSummary("The build ended before the deploy did: a target between its stages failed.");
}

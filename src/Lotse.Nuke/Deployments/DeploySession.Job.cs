using Lotse.Nuke.Console;

namespace Lotse.Nuke.Deployments;

public sealed partial class DeploySession
{
    /// <summary>The file in which GitHub takes a job's summary, in Markdown.</summary>
    private const string SummaryVariable = "GITHUB_STEP_SUMMARY";

    /// <summary>Adds what came of the deploy to the summary of the CI job, where there is one.</summary>
    private void WriteJobSummary(Exception? failure = null)
    {
        if (Release is null || Environment.GetEnvironmentVariable(SummaryVariable) is not { Length: > 0 } file)
        {
            return;
        }

        var report = new JobReport
        {
            Destination = Destination.Name,
            Version = Release.Value,
            From = Found?.Plan.From,
            Hosts = failure is null ? Serving() : [],
            Stages = stages,
            Failure = failure?.Message,
            IsUpToDate = failure is null && Found is { IsUpToDate: true },
        };
        File.AppendAllText(file, report.ToMarkdown());
    }
}

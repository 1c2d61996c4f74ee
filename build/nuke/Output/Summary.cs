using System.Globalization;
using Nuke.Common.Execution;

namespace Nuke.Common.Output;

/// <summary>The table of targets at the end of a run, and its result.</summary>
internal sealed class Summary(BuildConsole console, IReadOnlyCollection<ExecutableTarget> plan)
{
    private const int StatusWidth = 10;
    private const int DurationWidth = 10;

    private readonly int nameWidth = Math.Max(plan.Max(x => x.Name.Length) + 4, 19);

    public void Write(bool succeeded, DateTimeOffset now)
    {
        var width = nameWidth + StatusWidth + DurationWidth;
        console.Line();
        console.Line(new string('═', width));
        console.Highlight(Row("Target", "Status", "Duration"));
        console.Line(new string('─', width));
        foreach (var target in plan.Where(x => x.Status != ExecutionStatus.Collective))
            Write(target);
        console.Line(new string('─', width));
        console.Highlight(Row("Total", "", Format(plan.Aggregate(TimeSpan.Zero, (sum, x) => sum + x.Duration))));
        console.Line(new string('═', width));
        console.Line();
        WriteResult(succeeded, now.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture));
    }

    private void WriteResult(bool succeeded, string when)
    {
        if (succeeded)
            console.Success($"Build succeeded on {when}.");
        else
            console.Error($"Build failed on {when}.");
    }

    private void Write(ExecutableTarget target)
    {
        var hasRun = target.Status is ExecutionStatus.Succeeded or ExecutionStatus.Failed or ExecutionStatus.Aborted;
        var row = Row(target.Name, target.Status.ToString(), hasRun ? Format(target.Duration) : "") + Notes(target);
        switch (target.Status)
        {
            case ExecutionStatus.Succeeded:
                console.Success(row);
                break;
            case ExecutionStatus.Failed:
                console.Error(row);
                break;
            case ExecutionStatus.Skipped:
                console.Muted(row.TrimEnd());
                break;
            default:
                console.Warning(row.TrimEnd());
                break;
        }
    }

    private string Row(string target, string status, string duration) =>
        target.PadRight(nameWidth) + status.PadRight(StatusWidth) + duration.PadLeft(DurationWidth);

    private static string Notes(ExecutableTarget target) =>
        target.SummaryInformation.Count == 0
            ? ""
            : $"   // {string.Join(", ", target.SummaryInformation.Select(x => $"{x.Key}: {x.Value}"))}";

    private static string Format(TimeSpan duration) =>
        duration < TimeSpan.FromSeconds(1)
            ? "< 1sec"
            : string.Create(CultureInfo.InvariantCulture, $"{(int)duration.TotalMinutes}:{duration.Seconds:00}");
}

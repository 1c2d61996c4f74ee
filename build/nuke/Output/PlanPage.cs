using System.ComponentModel;
using System.Net;
using System.Text;
using Nuke.Common.Execution;
using Nuke.Common.IO;
using Serilog;

namespace Nuke.Common.Output;

/// <summary>
/// The page that <c>--plan</c> shows: every target, what it stands behind, and the order of this call.
/// </summary>
internal static class PlanPage
{
    private const string Style = """
        body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
        table { border-collapse: collapse; width: 100%; }
        td, th { border-bottom: 1px solid #8884; padding: .4rem .8rem; text-align: left; vertical-align: top; }
        .planned { background: #4a94; }
        .unlisted { opacity: .6; }
        """;

    /// <summary>Writes the page, names it and opens it where there is a desktop.</summary>
    public static void Show(
        BuildContext context,
        BuildConsole console,
        IReadOnlyList<ExecutableTarget> targets,
        IReadOnlyCollection<ExecutableTarget> plan
    )
    {
        var file = context.TemporaryDirectory / "execution-plan.html";
        File.WriteAllText(file, Render(targets, [.. plan]));
        console.Line($"Execution plan: {string.Join(" -> ", plan.Select(x => x.Name))}");
        console.Line(file);
        if (!context.Host.IsServer && context.Open != null)
            Open(file, context.Open);
    }

    private static void Open(AbsolutePath file, Action<AbsolutePath> open)
    {
        try
        {
            open(file);
        }
        catch (Win32Exception exception)
        {
            // The page was written and named; this desktop has no program to show it.
            Log.Verbose(exception, "The page could not be opened");
        }
    }

    private static string Render(IReadOnlyList<ExecutableTarget> targets, List<ExecutableTarget> plan)
    {
        var html = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n")
            .Append("<title>Execution plan</title>\n<style>\n")
            .Append(Style)
            .Append("\n</style>\n<h1>Execution plan</h1>\n<table>\n")
            .Append("<tr><th>Step<th>Target<th>Depends on<th>Runs after<th>Triggered by</tr>\n");
        foreach (var target in plan.Concat(targets.Except(plan)))
            AppendRow(html, target, plan.IndexOf(target) + 1);

        return html.Append("</table>\n</html>\n").ToString();
    }

    private static void AppendRow(StringBuilder html, ExecutableTarget target, int step)
    {
        var marks = (step > 0 ? "planned " : "") + (target.Listed ? "" : "unlisted");
        html.Append($"<tr class=\"{marks.Trim()}\"><td>{(step > 0 ? step : "")}<td>{Text(target.Name)}")
            .Append($"<br><small>{Text(target.Description)}</small>")
            .Append($"<td>{Names(target.ExecutionDependencies)}<td>{Names(target.OrderDependencies)}")
            .Append($"<td>{Names(target.TriggerDependencies)}</tr>\n");
    }

    private static string Names(List<ExecutableTarget> targets) => Text(string.Join(", ", targets.Select(x => x.Name)));

    private static string Text(string? text) => WebUtility.HtmlEncode(text) ?? "";
}

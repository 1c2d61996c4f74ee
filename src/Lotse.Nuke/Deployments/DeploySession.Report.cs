using System.Globalization;
using Lotse.Configuration;
using Lotse.Execution.Deployments;
using Lotse.Nuke.Console;
using Serilog;

namespace Lotse.Nuke.Deployments;

public sealed partial class DeploySession
{
    /// <summary>Says what serves where and how long each stage took, and gives the same for the summary.</summary>
    public Dictionary<string, string> Summarise(Dictionary<string, string> summary)
    {
        foreach (var release in Serving())
        {
            if (release.Url is { } url)
            {
                Log.Information("{Version} serves on {Host}: {Url}", release.Version, release.Host, url);
            }
            else
            {
                Log.Information("{Version} runs on {Host}", release.Version, release.Host);
            }
        }

        foreach (var host in OutOfReach)
        {
            Log.Warning("{Host} switched, and cannot be reached since: what it serves now is not known", host);
        }

        if (stages.Count > 0)
        {
            Log.Information(
                "Stages: {Stages}",
                string.Join(
                    " · ",
                    stages.Select(s =>
                        string.Create(CultureInfo.InvariantCulture, $"{s.Stage} {s.Took.TotalSeconds:0.00} s")
                    )
                )
            );
        }

        WriteJobSummary();
        summary["Release"] = Release?.Value ?? "";
        return summary;
    }

    private IReadOnlyList<string> OutOfReach => deployment?.OutOfReach ?? [];

    private IReadOnlyList<HostRelease> Serving() =>
        Switched is { Hosts: var hosts } ? [.. hosts.Where(h => !OutOfReach.Contains(h.Host))] : alreadyServing;

    private void SayWhatIsFound(DeployConfig config)
    {
        var plan = Found!.Plan;
        foreach (var note in plan.Notes)
        {
            Log.Warning("{Note}", note);
        }

        if (Found.IsUpToDate)
        {
            alreadyServing = Begun.Serving();
            Log.Information("Nothing to do: {Version} serves already, and nothing changed", plan.Release.Version);
            return;
        }

        if (plan.IsEmpty)
        {
            Log.Information(
                "{Version} serves already; what is left of an interrupted run is closed",
                plan.Release.Version
            );
            return;
        }

        var destination = config.Destination ?? "the only destination";
        Log.Information(
            "{Change} on {Destination} ({Hosts} host(s))",
            ChangeText.Of(plan),
            destination,
            Found.Fleet.Hosts.Length
        );
        if (Release is { IsDirty: true })
        {
            Log.Information("The folder has uncommitted changes: they are deployed, under a version of their own");
        }
    }

    private IReadOnlyList<HostRelease> alreadyServing = [];
}

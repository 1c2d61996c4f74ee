using System.Globalization;
using System.Text;
using Lotse.Execution.Deployments;

namespace Lotse.Nuke.Console;

/// <summary>What came of a deploy or rollback, for the page of a CI job.</summary>
internal sealed record JobReport
{
    /// <summary>The destination; null when there is only one.</summary>
    public string? Destination { get; init; }

    /// <summary>The version that was to serve; null when it was not found out.</summary>
    public string? Version { get; init; }

    /// <summary>The version that served before; null when none did.</summary>
    public string? From { get; init; }

    /// <summary>Whether the hosts were looked at: else nobody knows what served before.</summary>
    public bool IsKnown { get; init; }

    /// <summary>What serves where: also when it failed after the switch; empty when it failed before.</summary>
    public IReadOnlyList<HostRelease> Hosts { get; init; } = [];

    /// <summary>How long each stage took.</summary>
    public IReadOnlyList<(string Stage, TimeSpan Took)> Stages { get; init; } = [];

    /// <summary>Why it failed; null when it did not.</summary>
    public string? Failure { get; init; }

    /// <summary>Whether nothing had to be done.</summary>
    public bool IsUpToDate { get; init; }

    /// <summary>Whether it was to go back to the version.</summary>
    public bool IsRollback { get; init; }

    /// <summary>The report in Markdown, as GitHub shows it.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder();
        text.Append("### ").Append(Outcome()).Append("\n\n");
        if (IsKnown)
        {
            text.Append(From is null ? "Nothing served before.\n" : $"Before: {From}\n");
        }

        AddFailure(text);
        AddHosts(text);
        AddStages(text);
        return text.ToString();
    }

    private string Outcome()
    {
        var version = Version ?? "The release";
        var (to, on) = Destination is null ? ("", "") : ($" to {Destination}", $" on {Destination}");
        return (Failure, Hosts.Count, IsUpToDate, IsRollback) switch
        {
            (null, _, true, _) => $"✅ {version} serves already{on}",
            (null, _, _, false) => $"✅ {version} deployed{to}",
            (null, _, _, true) => $"✅ Rolled back to {version}{on}",
            (_, > 0, _, _) => $"⚠️ {version} serves{on}, but not all that belongs to it was done",
            (_, _, _, false) => $"❌ {version} was not deployed{to}",
            _ => $"❌ Not rolled back{(Version is null ? "" : $" to {version}")}{on}",
        };
    }

    private void AddFailure(StringBuilder text)
    {
        if (Failure is not null)
        {
            // Indented, so that nothing in it is taken for Markdown.
            var lines = Failure.Split('\n').Select(l => $"    {l}\n");
            text.Append('\n').AppendJoin("", lines);
        }
    }

    private void AddHosts(StringBuilder text)
    {
        if (Hosts.Count == 0)
        {
            return;
        }

        text.Append("\n| host | serves | where |\n|---|---|---|\n");
        foreach (var host in Hosts)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {host.Host} | {host.Version} | {host.Url} |\n");
        }
    }

    private void AddStages(StringBuilder text)
    {
        if (Stages.Count > 0)
        {
            var parts = Stages.Select(s =>
                string.Create(CultureInfo.InvariantCulture, $"{s.Stage} {s.Took.TotalSeconds:0.0} s")
            );
            text.Append('\n').AppendJoin(" · ", parts).Append('\n');
        }
    }
}

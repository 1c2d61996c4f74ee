namespace Nuke.Common.Tests;

/// <summary>How a test build ended and what it wrote.</summary>
internal sealed record TrialResult(int ExitCode, string Output)
{
    public string[] Lines => Output.Split('\n');

    /// <summary>The targets that ran, by their banners, in order.</summary>
    public string[] Ran => [.. Lines.Where(x => x.StartsWith("║ ", StringComparison.Ordinal)).Select(x => x[2..])];

    /// <summary>The texts that the build logged, without time and level.</summary>
    public string[] Logged => [.. Lines.Where(IsLogged).Select(x => x["00:00:00 [INF] ".Length..])];

    /// <summary>The row of a target in the summary, with single spaces.</summary>
    public string Row(string target)
    {
        var row = Lines.Single(x => x.StartsWith(target + " ", StringComparison.Ordinal));
        return string.Join(' ', row.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    public bool HasRow(string target) => Lines.Any(x => x.StartsWith(target + " ", StringComparison.Ordinal));

    private static bool IsLogged(string line) => line.Length > 14 && line[8..10] == " [" && line[13] == ']';
}

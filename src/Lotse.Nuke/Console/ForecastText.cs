using Lotse.Configuration;
using Lotse.Execution.Deployments;

namespace Lotse.Nuke.Console;

/// <summary>What a deploy would do, as lines for a person. Pure.</summary>
internal static class ForecastText
{
    public static IEnumerable<(bool IsWarning, string Line)> Of(DeployConfig config, Forecast forecast)
    {
        var plan = forecast.Found.Plan;
        foreach (var note in plan.Notes)
        {
            yield return (true, note);
        }

        if (forecast.Found.IsUpToDate)
        {
            yield return (false, $"A deploy would do nothing: {plan.Release.Version} serves already");
            yield break;
        }

        var hosts = forecast.Found.Fleet.Hosts.Length;
        var place = config.Destination ?? "the only destination";
        yield return (false, $"{plan.From ?? "nothing"} → {plan.Release.Version} on {place} ({hosts} host(s))");
        foreach (var line in Steps(forecast))
        {
            yield return (false, line);
        }

        foreach (var problem in forecast.Problems)
        {
            yield return (true, $"A deploy would be refused now: {problem}");
        }

        yield return (false, "Nothing was changed");
    }

    private static IEnumerable<string> Steps(Forecast forecast)
    {
        if (!forecast.MissingSecrets.IsEmpty)
        {
            yield return "secrets";
            yield return $"  generate {string.Join(", ", forecast.MissingSecrets)}";
        }

        if (!forecast.Image.IsEmpty)
        {
            yield return "image";
        }

        foreach (var step in forecast.Image)
        {
            yield return $"  {step}";
        }

        foreach (var line in (forecast.Found.Plan with { Notes = [] }).Describe().Split('\n'))
        {
            yield return line;
        }
    }
}

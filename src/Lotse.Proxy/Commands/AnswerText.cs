using System.Text.Json;
using Lotse.Proxy.Contract;

namespace Lotse.Proxy.Commands;

/// <summary>Answers in words, for a person. Pure.</summary>
internal static class AnswerText
{
    public static string Of(ProxyCommand command, int status, string json)
    {
        if (status != 200 && json.Contains("\"error\"", StringComparison.Ordinal))
        {
            return JsonSerializer.Deserialize(json, ContractJson.Default.ErrorResult)?.Error ?? json;
        }

        return command switch
        {
            StageCommand or DeployCommand => Of(JsonSerializer.Deserialize(json, ContractJson.Default.StageResult)!),
            SwitchCommand or RevertCommand => Of(JsonSerializer.Deserialize(json, ContractJson.Default.SwitchResult)!),
            DrainCommand => Of(JsonSerializer.Deserialize(json, ContractJson.Default.DrainResult)!),
            ListCommand => Of(JsonSerializer.Deserialize(json, ContractJson.Default.ListResult)!),
            _ => "Done.",
        };
    }

    private static string Of(StageResult result) =>
        result switch
        {
            { Healthy: true } =>
                $"Healthy: {result.Probe.Url} answered {result.Probe.Status} at probe {result.Probe.Attempts}.",
            { Aborted: true } => "Aborted before it was decided.",
            _ =>
                $"Not healthy in time: {result.Probe.Url}, {result.Probe.Attempts} probes, the last one: {result.Probe.FaultText}. {result.Probe.BodyStart}",
        };

    private static string Of(SwitchResult result) =>
        $"Traffic goes to {result.To ?? "no target"} (before: {result.From ?? "none"}).";

    private static string Of(DrainResult result) =>
        result.Target is null
            ? "There was nothing to drain."
            : $"{result.Target} is drained{(result.CutOff == 0 ? "" : $"; {result.CutOff} request(s) were cut off")}.";

    private static string Of(ListResult result)
    {
        if (result.Services.IsEmpty)
        {
            return "No service is deployed.";
        }

        var rows = result.Services.Select(s =>
            $"{s.Name, -30} {Join(s.Hosts, "*"), -25} {Join(s.PathPrefixes, "/"), -12} {s.Active?.Target ?? "-", -22} {s.Staged?.Target ?? "-", -22} {s.Active?.InFlight ?? 0}"
        );
        return string.Join(
            '\n',
            rows.Prepend($"{"Service", -30} {"Host", -25} {"Path", -12} {"Target", -22} {"Staged", -22} In flight")
        );
    }

    private static string Join(IReadOnlyList<string> items, string none) =>
        items.Count == 0 ? none : string.Join(',', items);
}

using System.Text.Json;
using Lotse.Proxy.Contract;

namespace Lotse.Proxy.Commands;

/// <summary>Answers in words, for a person. Pure.</summary>
internal static class AnswerText
{
    public static string Of(ProxyCommand command, string json) =>
        command switch
        {
            StageCommand or DeployCommand => Of(JsonSerializer.Deserialize(json, ContractJson.Default.StageResult)!),
            SwitchCommand or RevertCommand => Of(JsonSerializer.Deserialize(json, ContractJson.Default.SwitchResult)!),
            DrainCommand or PauseCommand or StopCommand => Of(
                JsonSerializer.Deserialize(json, ContractJson.Default.DrainResult)!
            ),
            ListCommand => Of(JsonSerializer.Deserialize(json, ContractJson.Default.ListResult)!),
            _ => "Done.",
        };

    public static string OfError(string json) =>
        JsonSerializer.Deserialize(json, ContractJson.Default.ErrorResult)!.Error;

    public static string Of(SocketsResult sockets) =>
        string.Join(
            '\n',
            sockets.Listening.Select(s => s.Address.Contains(':') ? $"[{s.Address}]:{s.Port}" : $"{s.Address}:{s.Port}")
        );

    private static string Of(StageResult result) =>
        result switch
        {
            { Healthy: true } =>
                $"Healthy: {result.Probe.Url} answered {result.Probe.Status} at probe {result.Probe.Attempts}.",
            { Aborted: true } => "Aborted before it was decided.",
            _ => $"Not healthy in time: {result.Probe.Url}, {result.Probe.Attempts} probe(s), the last one: "
                + $"{result.Probe.FaultText}.{Quote(result.Probe.BodyStart)}",
        };

    private static string Quote(string? body) => string.IsNullOrWhiteSpace(body) ? "" : $"\n{body.Trim()}";

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

        string[] head =
        [
            "Service",
            "Host",
            "Path",
            "Target",
            "In flight",
            "Requests",
            "5xx",
            "Health",
            "Staged",
            "Previous",
            "State",
        ];
        return Table.Of([head, .. result.Services.Select(Row)]);
    }

    private static string[] Row(ServiceReport service) =>
        [
            service.Name,
            service.Hosts.IsEmpty ? "*" : string.Join(',', service.Hosts),
            service.PathPrefixes.IsEmpty ? "/" : string.Join(',', service.PathPrefixes),
            service.Active?.Target ?? "-",
            $"{service.Active?.InFlight ?? 0}",
            $"{service.Active?.Requests ?? 0}",
            $"{service.Active?.Errors ?? 0}",
            service.Active?.Health is not { } health ? "-"
            : health.Healthy ? "healthy"
            : $"unhealthy: {health.Last.FaultText}",
            service.Staged?.Target ?? (service.Probing is { } probing ? $"{probing.Target} (probing)" : "-"),
            service.Previous is { } previous ? $"{previous.Target} ({previous.InFlight} in flight)" : "-",
            service.Mode.ToString().ToLowerInvariant(),
        ];
}

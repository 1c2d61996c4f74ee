using System.Text.Json;
using System.Text.Json.Nodes;
using Lotse.Testing.Servers;

namespace Lotse.Servers.Tests.Workflows;

/// <summary>What a deploy has made of a server, with words in place of what differs from one deploy to the next.</summary>
/// <param name="Version">The version that serves.</param>
/// <param name="Containers">How each of the running containers was made, by name.</param>
/// <param name="Audit">What the audit log says of the deploy, without its commit.</param>
/// <param name="Commit">The commit that the audit log names.</param>
internal sealed record DeployedState(string Version, IReadOnlyList<string> Containers, string Audit, string Commit)
{
    private static readonly string[] OfConfig = ["Image", "Labels", "Env", "Cmd", "Entrypoint", "User", "WorkingDir"];
    private static readonly string[] OfHost =
    [
        "NetworkMode",
        "PortBindings",
        "Binds",
        "Mounts",
        "RestartPolicy",
        "LogConfig",
    ];
    private static readonly string[] OfOneDeploy = ["at", "rollout", "commit"];

    /// <param name="job">Deployed it.</param>
    /// <param name="server">Where to.</param>
    /// <param name="before">The version that served before.</param>
    public static async Task<DeployedState> ReadAsync(StagingJob job, NestedServer server, string before)
    {
        var token = TestContext.Current.CancellationToken;
        var version = await StagingJob.ServedAsync(server);
        var entry = JsonNode.Parse((await job.ReadStoreAsync(server, "audit.jsonl")).Split('\n')[^1])!.AsObject();
        var rollout = (string)entry["rollout"]!;
        var commit = (string?)entry["commit"] ?? "";
        foreach (var key in OfOneDeploy)
        {
            entry.Remove(key);
        }

        string Plain(string text) =>
            text.Replace(version, "VERSION", StringComparison.Ordinal)
                .Replace(before, "BEFORE", StringComparison.Ordinal)
                .Replace(rollout, "ROLLOUT", StringComparison.Ordinal);
        var inspected = await server.ExecAsync("docker inspect $(docker ps --quiet)", token);
        var containers = JsonNode.Parse(inspected)!.AsArray().Select(c => Plain(Describe(c!)));
        return new DeployedState(
            version,
            [.. containers.Order(StringComparer.Ordinal)],
            Plain(entry.ToJsonString()),
            commit
        );
    }

    private static string Describe(JsonNode container)
    {
        var chosen = new JsonObject { ["Name"] = container["Name"]!.DeepClone() };
        Copy(container["Config"]!, OfConfig, chosen);
        Copy(container["HostConfig"]!, OfHost, chosen);
        return chosen.ToJsonString(new JsonSerializerOptions { WriteIndented = true });
    }

    private static void Copy(JsonNode from, IEnumerable<string> keys, JsonObject to)
    {
        foreach (var key in keys)
        {
            to[key] = from[key]?.DeepClone();
        }
    }
}

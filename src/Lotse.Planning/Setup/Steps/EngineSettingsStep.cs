using System.Text.Json;
using System.Text.Json.Nodes;

namespace Lotse.Planning.Setup.Steps;

/// <summary>
/// The engine's daemon.json: logs of containers are rotated, and containers live on while the engine is restarted,
/// which a security
/// update of it does. What else stands in the file stays.
/// </summary>
internal static class EngineSettingsStep
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Drivers that do not write files that grow without end.</summary>
    private static readonly string[] FileDrivers = ["json-file"];

    public static SetupStep Plan(ServerFacts server, SetupSettings settings)
    {
        var (engine, wanted) = (server.Engine, Merge(server.Engine));
        var stops = engine is { Version: not null, KeepsContainers: false, RunningContainers: > 0 };
        var state =
            wanted == engine.Settings ? SetupState.InPlace
            : stops && !settings.MayRestartEngine ? SetupState.Deferred
            : SetupState.Change;
        return new SetupStep
        {
            Topic = SetupTopic.EngineSettings,
            Title = "Rotate containers' logs, and keep containers while the engine restarts (daemon.json)",
            Why = "a log without end fills the disk, and a security update of the engine must not stop the containers",
            State = state,
            Script = state == SetupState.Change ? Write(wanted, restarts: engine.Version is not null) : "",
            Note =
                state == SetupState.Deferred
                    ? $"its {engine.RunningContainers} running container(s) must be restarted with the engine for it: "
                        + "--restart-engine does it"
                    : "",
        };
    }

    /// <summary>What stands in the way; null for nothing.</summary>
    public static SetupProblem? Problem(ServerFacts server)
    {
        try
        {
            return Parse(server.Engine.Settings) is null ? Bad("it holds no object") : null;
        }
        catch (JsonException wrong)
        {
            return Bad(wrong.Message);
        }
    }

    private static SetupProblem Bad(string fact) =>
        new($"/etc/docker/daemon.json cannot be read: {fact}", "Mend it on the server, or delete it.");

    private static JsonObject? Parse(string? settings) =>
        string.IsNullOrWhiteSpace(settings) ? [] : JsonNode.Parse(settings) as JsonObject;

    private static string Merge(EngineFacts engine)
    {
        var all = Parse(engine.Settings)!;
        var before = all.ToJsonString();
        if (FileDrivers.Contains((string?)all["log-driver"] ?? "json-file"))
        {
            var options = all["log-opts"] as JsonObject;
            if (options is null)
            {
                all["log-opts"] = options = [];
            }

            all["log-driver"] = "json-file";
            options["max-size"] ??= "10m";
            options["max-file"] ??= "3";
        }

        if (!engine.IsSwarm)
        {
            all["live-restore"] ??= true;
        }

        return engine.Settings is { } kept && all.ToJsonString() == before ? kept : all.ToJsonString(Indented) + "\n";
    }

    private static string Write(string settings, bool restarts) =>
        $"""
            mkdir -p /etc/docker
            cat >/etc/docker/daemon.json.new <<'SETTINGS'
            {settings.TrimEnd('\n')}
            SETTINGS
            mv /etc/docker/daemon.json.new /etc/docker/daemon.json
            {(restarts ? EngineStep.Restart : "")}
            """;
}

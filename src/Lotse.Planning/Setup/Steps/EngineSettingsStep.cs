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
        var state =
            IsThere(engine, wanted) ? SetupState.InPlace
            : Stops(engine, wanted) && !settings.MayRestartEngine ? SetupState.Deferred
            : SetupState.Change;
        return new SetupStep
        {
            Topic = SetupTopic.EngineSettings,
            Title = "Rotate containers' logs, and keep containers while the engine restarts (daemon.json)",
            Why = "a log without end fills the disk, and a security update of the engine must not stop the containers",
            State = state,
            Script = state == SetupState.Change ? Write(engine, wanted) : "",
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

    /// <summary>What the file says, and what the engine runs with: it may never have read the file.</summary>
    private static bool IsThere(EngineFacts engine, Wanted wanted) =>
        wanted.Text == engine.Settings
        && (engine.Version is null || (!engine.IsStale && (!wanted.KeepsContainers || engine.KeepsContainers)));

    /// <summary>An engine that shall keep its containers learns that without a restart, and then keeps them over one.</summary>
    private static bool Stops(EngineFacts engine, Wanted wanted) =>
        engine is { Version: not null, KeepsContainers: false, RunningContainers: > 0 } && !wanted.KeepsContainers;

    private static Wanted Merge(EngineFacts engine)
    {
        var all = Parse(engine.Settings)!;
        var before = all.DeepClone();
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

        // One that keeps them without the file was told so by a flag, and refuses to be told twice.
        if (!engine.IsSwarm && (engine.IsStale || !engine.KeepsContainers))
        {
            all["live-restore"] ??= true;
        }

        var keeps =
            !engine.IsSwarm && all["live-restore"] is JsonValue value && value.TryGetValue<bool>(out var on) && on;
        var isKept = engine.Settings is not null && JsonNode.DeepEquals(before, all);
        return new Wanted(isKept ? engine.Settings! : all.ToJsonString(Indented) + "\n", keeps);
    }

    private static string Write(EngineFacts engine, Wanted wanted) =>
        $"""
            settings=/etc/docker/daemon.json
            mkdir -p /etc/docker /run/lotse
            rm -f /run/lotse/daemon.json
            [ ! -e $settings ] || cp -p $settings /run/lotse/daemon.json
            cat >$settings.new <<'SETTINGS'
            {wanted.Text.TrimEnd('\n')}
            SETTINGS
            mv $settings.new $settings
            {(engine.Version is null ? "" : PutInForce(wanted))}
            """;

    private static string PutInForce(Wanted wanted) =>
        $$"""
            {{EngineStep.Functions}}
            undo() {
              rm -f $settings
              [ ! -e /run/lotse/daemon.json ] || cp -p /run/lotse/daemon.json $settings
              "$1" && answers || true
              echo "$2, so daemon.json is again what it was" >&2
              exit 1
            }
            {{(wanted.KeepsContainers ? Reload : "")}}
            { restart && answers; } || undo restart 'the engine did not start with its new settings'
            """;

    private const string Reload = """
        reload
        tries=0
        until [ "$(docker info --format '{{.LiveRestoreEnabled}}')" = true ]; do
          tries=$((tries + 1))
          [ $tries -lt 50 ] || undo reload 'the engine does not take over live-restore'
          sleep 0.2
        done
        """;

    /// <param name="Text">The file's text.</param>
    /// <param name="KeepsContainers">Whether the engine shall keep containers while it is restarted.</param>
    private sealed record Wanted(string Text, bool KeepsContainers);
}

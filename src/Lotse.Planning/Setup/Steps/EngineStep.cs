namespace Lotse.Planning.Setup.Steps;

/// <summary>The engine runs, now and after a boot.</summary>
internal static class EngineStep
{
    /// <summary>
    /// <c>launch</c> starts the engine, <c>restart</c> stops it first, <c>reload</c> has it read its settings again, and
    /// <c>answers</c> waits until it does; each fails when that fails.
    /// </summary>
    public const string Functions = """
        launch() {
          if [ -d /run/systemd/system ]; then systemctl enable -q --now docker
          elif ! docker version >/dev/null 2>&1; then
            setsid dockerd >>/var/log/dockerd.log 2>&1 </dev/null &
            launched=$!
          fi
        }
        restart() {
          if [ -d /run/systemd/system ]; then
            systemctl reset-failed docker 2>/dev/null || true
            systemctl restart docker 2>/dev/null
          else
            kill "$(cat /var/run/docker.pid 2>/dev/null)" 2>/dev/null || true
            while kill -0 "$(cat /var/run/docker.pid 2>/dev/null)" 2>/dev/null; do sleep 0.1; done
            launch
          fi
        }
        reload() {
          if [ -d /run/systemd/system ]; then systemctl reload docker
          else kill -HUP "$(cat /var/run/docker.pid)"
          fi
        }
        answers() {
          tries=0
          until docker version >/dev/null 2>&1; do
            tries=$((tries + 1))
            if [ $tries -gt 300 ] || ! kill -0 "${launched:-$$}" 2>/dev/null; then
              echo 'the engine does not answer; its last words:' >&2
              { journalctl -u docker -n 15 --no-pager 2>/dev/null || tail -n 15 /var/log/dockerd.log; } >&2
              return 1
            fi
            sleep 0.2
          done
        }
        """;

    private const string Start = $"""
        {Functions}
        launch
        answers
        """;

    public static SetupStep Plan(ServerFacts server)
    {
        var answers = server.Engine.Version is not null;
        return new SetupStep
        {
            Topic = SetupTopic.Engine,
            Title = answers ? $"Docker Engine {server.Engine.Version}" : "Start the Docker Engine",
            Why = "containers run in it",
            State = answers ? SetupState.InPlace : SetupState.Change,
            Script = answers ? "" : Start,
        };
    }
}

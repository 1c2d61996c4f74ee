namespace Lotse.Planning.Setup.Steps;

/// <summary>The engine runs, now and after a boot.</summary>
internal static class EngineStep
{
    /// <summary>Restarts the engine and waits until it answers.</summary>
    public const string Restart = $$"""
        if [ -d /run/systemd/system ]; then systemctl restart docker
        else
          kill "$(cat /var/run/docker.pid)"
          while kill -0 "$(cat /var/run/docker.pid 2>/dev/null)" 2>/dev/null; do sleep 0.1; done
          setsid dockerd >>/var/log/dockerd.log 2>&1 </dev/null &
        fi
        {{Wait}}
        """;

    private const string Wait = """
        tries=0
        until docker version >/dev/null 2>&1; do
          tries=$((tries + 1))
          if [ $tries -gt 300 ]; then
            echo 'the engine does not answer; its last words:' >&2
            { journalctl -u docker -n 15 --no-pager 2>/dev/null || tail -n 15 /var/log/dockerd.log; } >&2
            exit 1
          fi
          sleep 0.2
        done
        """;

    private const string Start = $$"""
        if [ -d /run/systemd/system ]; then systemctl enable -q --now docker
        elif ! docker version >/dev/null 2>&1; then setsid dockerd >>/var/log/dockerd.log 2>&1 </dev/null &
        fi
        {{Wait}}
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

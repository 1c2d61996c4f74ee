namespace Lotse.Planning.Setup.Steps;

/// <summary>Packages: the engine, and what the other steps need.</summary>
internal static class PackagesStep
{
    /// <summary>What the engine and its dependencies take, unpacked, with some air.</summary>
    public const long NeededKiB = 1024 * 1024;

    /// <summary>Is there while the hook <c>docker-setup</c> is still to be called for the engine that was installed.</summary>
    public const string HookMark = "/etc/lotse/docker-setup.pending";

    /// <summary>Written anew with the key each time: with one that does not fit, no list would be updated any more.</summary>
    private const string DockersList = "/etc/apt/sources.list.d/docker.list";

    /// <remarks>
    /// What apt says goes to a file and it runs in a session of its own: it is not cut off when the connection is. A first
    /// boot and each day's updates hold locks that apt-get, but for dpkg's own, does not wait for.
    /// </remarks>
    private const string Functions = """
        export DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l
        mkdir -p /run/lotse
        log=/run/lotse/apt.log
        : >$log
        apart() { setsid -w "$@" >>$log 2>&1 </dev/null; }
        tell() {
          # Of sources that are listed twice apt has more to say than there is room for.
          grep -v ' is configured multiple times ' $log | tail -n 15 >&2
          exit 1
        }
        apt() {
          apart apt-get -q -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -o DPkg::Options::=--force-confold "$@"
        }
        await() {
          rounds=0
          while grep -qs ":$(stat -c %i "$1" 2>/dev/null || echo none) " /proc/locks && [ $rounds -lt 600 ]; do
            rounds=$((rounds + 1))
            sleep 0.5
          done
        }
        update() {
          tries=0
          until await /var/lib/apt/lists/lock && apt update; do
            tries=$((tries + 1))
            [ $tries -lt 3 ] || tell
          done
        }
        """;

    public static SetupStep Plan(ServerFacts server, SetupSettings settings)
    {
        var missing = Missing(server, settings).ToList();
        var isChange = missing.Count > 0 || server.IsInterrupted;
        var install = missing.Count > 0 ? $"Install {string.Join(", ", missing)}" : "Packages";
        return new SetupStep
        {
            Topic = SetupTopic.Packages,
            Title = server.IsInterrupted ? $"{install}, after the end of an installation that was cut off" : install,
            Why = "they are needed to run containers safely",
            State = isChange ? SetupState.Change : SetupState.InPlace,
            Script = isChange ? Install(server, missing) : "",
        };
    }

    private static IEnumerable<string> Missing(ServerFacts server, SetupSettings settings)
    {
        if (!server.Engine.IsInstalled)
        {
            yield return settings.Engine == EngineSource.Docker ? "docker-ce" : "docker.io";
        }

        var others = new List<string> { "ca-certificates", "iptables", "unattended-upgrades" };
        others.AddRange(settings.HasFirewall ? ["nftables"] : []);
        others.AddRange(settings is { DeployUser: not null, DeployUserHasSudo: true } ? ["sudo"] : []);
        // The engine only recommends it, and it is what loads the profile that the engine needs.
        others.AddRange(server.HasAppArmor ? ["apparmor"] : []);
        foreach (var package in others.Where(p => !server.Packages.Contains(p)))
        {
            yield return package;
        }
    }

    private static string Install(ServerFacts server, List<string> packages) =>
        $$"""
            {{Functions}}
            # A fresh cloud server still sets itself up.
            ! command -v cloud-init >/dev/null 2>&1 || timeout 300 cloud-init status --wait >/dev/null 2>&1 || true
            # What was cut off is ended; where that needs further packages, those are fetched below.
            await /var/lib/dpkg/lock-frontend
            apart dpkg --force-confold --configure -a || true
            {{(packages.Contains("docker-ce") ? $"rm -f {DockersList}" : "")}}
            update
            apt -f install -y --no-install-recommends || tell
            {{(packages.Contains("docker-ce") ? DockersOwn(server) : "")}}
            {{(server.Engine.IsInstalled ? "" : $"mkdir -p /etc/lotse && : >{HookMark}")}}
            set -- {{string.Join(' ', packages)}}
            # Newer distributions package the docker command apart from the engine.
            case " $* " in
              *' docker.io '*) ! apt-cache show docker-cli >/dev/null 2>&1 || set -- "$@" docker-cli ;;
            esac
            apt install -y --no-install-recommends "$@" || tell
            """;

    /// <summary>Docker's own repository, as its documentation describes it.</summary>
    private static string DockersOwn(ServerFacts server) =>
        $"""
            apt install -y --no-install-recommends ca-certificates curl || tell
            install -d -m 755 /etc/apt/keyrings
            curl -fsSL --max-time 60 -o /etc/apt/keyrings/docker.asc \
              https://download.docker.com/linux/{server.Distribution}/gpg
            chmod a+r /etc/apt/keyrings/docker.asc
            . /etc/os-release
            echo "deb [arch=$(dpkg --print-architecture) signed-by=/etc/apt/keyrings/docker.asc]" \
              "https://download.docker.com/linux/{server.Distribution} $VERSION_CODENAME stable" \
              >{DockersList}
            update
            """;
}

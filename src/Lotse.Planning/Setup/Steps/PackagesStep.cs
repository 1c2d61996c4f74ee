namespace Lotse.Planning.Setup.Steps;

/// <summary>Packages: the engine, and what the other steps need.</summary>
internal static class PackagesStep
{
    /// <summary>What the engine and its dependencies take, unpacked, with some air.</summary>
    public const long NeededKiB = 1024 * 1024;

    public static SetupStep Plan(ServerFacts server, SetupSettings settings)
    {
        var missing = Missing(server, settings).ToList();
        return new SetupStep
        {
            Topic = SetupTopic.Packages,
            Title = missing.Count > 0 ? $"Install {string.Join(", ", missing)}" : "Packages",
            Why = "they are needed to run containers safely",
            State = missing.Count > 0 ? SetupState.Change : SetupState.InPlace,
            Script = missing.Count > 0 ? Install(server, missing) : "",
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
        foreach (var package in others.Where(p => !server.Packages.Contains(p)))
        {
            yield return package;
        }
    }

    private static string Install(ServerFacts server, List<string> packages) =>
        $$"""
            export DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l
            apt() {
              apt-get -q -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -o DPkg::Options::=--force-confold "$@"
            }
            # A fresh cloud server still sets itself up.
            ! command -v cloud-init >/dev/null 2>&1 || timeout 300 cloud-init status --wait >/dev/null 2>&1 || true
            apt update
            {{(packages.Contains("docker-ce") ? DockersOwn(server) : "")}}
            set -- {{string.Join(' ', packages)}}
            # Newer distributions package the docker command apart from the engine.
            case " $* " in
              *' docker.io '*) ! apt-cache show docker-cli >/dev/null 2>&1 || set -- "$@" docker-cli ;;
            esac
            apt install -y --no-install-recommends "$@"
            """;

    /// <summary>Docker's own repository, as its documentation describes it.</summary>
    private static string DockersOwn(ServerFacts server) =>
        $"""
            apt install -y --no-install-recommends ca-certificates curl
            install -d -m 755 /etc/apt/keyrings
            curl -fsSL --max-time 60 -o /etc/apt/keyrings/docker.asc \
              https://download.docker.com/linux/{server.Distribution}/gpg
            chmod a+r /etc/apt/keyrings/docker.asc
            . /etc/os-release
            echo "deb [arch=$(dpkg --print-architecture) signed-by=/etc/apt/keyrings/docker.asc]" \
              "https://download.docker.com/linux/{server.Distribution} $VERSION_CODENAME stable" \
              >/etc/apt/sources.list.d/docker.list
            apt update
            """;
}

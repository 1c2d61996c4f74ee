using Lotse.Execution.Ports;

namespace Lotse.Hosts.Local;

/// <summary>What a person is told when the engine cannot be had without them, by system.</summary>
internal static class BootstrapAdvice
{
    private const string Retry = "Then run the same command again.";

    public static BootstrapDecision.Fail TooOld(ProbedEngine engine) =>
        new(
            EngineProblem.TooOld,
            $"The container engine at {engine.Candidate.Address} is too old: it speaks API {engine.ApiVersion}, "
                + $"and {BootstrapDecision.OldestApi} (Docker Engine 20.10) is the oldest that will do.",
            "Upgrade Docker: https://docs.docker.com/engine/install/"
        );

    public static BootstrapDecision.Fail NamedEngine(MachineFacts facts, ProbedEngine engine) =>
        engine.Outcome switch
        {
            ProbeOutcome.NoPermission => NoPermission(facts, engine),
            ProbeOutcome.Unusable => new(
                EngineProblem.UnusableAddress,
                $"{engine.Candidate.Origin} names an engine that cannot be used: {engine.Candidate.Address}.",
                $"Set it to unix:///path, npipe://./pipe/name or tcp://host:port, or clear {engine.Candidate.Origin}."
            ),
            _ => new(
                EngineProblem.NamedEngineSilent,
                $"{engine.Candidate.Origin} names an engine that does not answer: {engine.Candidate.Address}.",
                $"Start that engine, or clear {engine.Candidate.Origin} so that this machine's own is used."
            ),
        };

    public static BootstrapDecision.Fail NoPermission(MachineFacts facts, ProbedEngine engine)
    {
        var group = facts.SocketGroup ?? "docker";
        var user = facts.User.Length == 0 ? "$USER" : facts.User;
        return new(
            EngineProblem.NoPermission,
            $"{user} may not open the engine's socket {engine.Candidate.Address}; it belongs to the group {group}.",
            facts.IsGroupMember
                ? $"{user} is in that group already, but this login is older: log in again, or run `newgrp {group}`."
                : $"Join the group with `sudo usermod -aG {group} {user}` and log in again (or run `newgrp {group}`). {Retry}"
        );
    }

    /// <summary>The engine must be installed or started by hand.</summary>
    public static BootstrapDecision.Fail ByHand(MachineFacts facts)
    {
        var installed = facts.Installed is not null;
        var problem = installed ? EngineProblem.NotRunning : EngineProblem.NotInstalled;
        var fact = installed
            ? $"No container engine runs on this machine ({facts.Installed} is installed)."
            : "No container engine is installed on this machine.";
        return new(problem, fact, $"{Commands(facts, installed)}\n{Retry}");
    }

    private static string Commands(MachineFacts facts, bool installed) =>
        facts.System switch
        {
            HostSystem.MacOs when installed => "Start Docker Desktop: `open -a Docker`",
            HostSystem.MacOs => "Install Docker Desktop (`brew install --cask docker`) and start it: `open -a Docker`",
            HostSystem.Windows when installed => "Start Docker Desktop from the Start menu.",
            HostSystem.Windows =>
                "Install Docker Desktop (`winget install Docker.DockerDesktop`) and start it from the Start menu.",
            _ when installed => $"Start it: `{AsRoot(facts, StartCommand(facts))}`",
            _ => OnLinux(facts),
        };

    private static string OnLinux(MachineFacts facts)
    {
        var install = facts.Distribution.Select(InstallCommand).FirstOrDefault(command => command is not null);
        return install is null
            ? "Install Docker Engine: https://docs.docker.com/engine/install/"
            : $"Install and start it: `{AsRoot(facts, install)} && {AsRoot(facts, StartCommand(facts))}`"
                + (
                    facts is { IsDebian: true, IsRoot: false }
                        ? "\nOr run this command as root: it then does that itself."
                        : ""
                );
    }

    private static string? InstallCommand(string distribution) =>
        distribution switch
        {
            "debian" or "ubuntu" => "apt-get install -y docker.io",
            "fedora" => "dnf install -y moby-engine",
            "rhel" or "centos" => "dnf install -y docker-ce",
            "alpine" => "apk add docker",
            "arch" => "pacman -S --noconfirm docker",
            "suse" or "opensuse" => "zypper install -y docker",
            _ => null,
        };

    private static string StartCommand(MachineFacts facts) =>
        facts switch
        {
            { Systemd: true } => "systemctl enable --now docker",
            _ when facts.Distribution.Contains("alpine") => "rc-service docker start",
            _ => "service docker start",
        };

    private static string AsRoot(MachineFacts facts, string command) => facts.IsRoot ? command : $"sudo {command}";
}

using System.Collections.Immutable;

namespace Lotse.Hosts.Local;

/// <summary>Where the engine's things are on this machine, and what its environment says; tests point it elsewhere.</summary>
internal sealed record EngineSite
{
    /// <summary>Looks up an environment variable.</summary>
    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    public string Home { get; init; } = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    public string DefaultSocket { get; init; } = "/var/run/docker.sock";

    /// <summary>dockerd's pid file.</summary>
    public string PidFile { get; init; } = "/var/run/docker.pid";

    /// <summary>The pid file of the containerd that dockerd runs as its child.</summary>
    public string ContainerdPidFile { get; init; } = "/var/run/docker/containerd/containerd.pid";

    /// <summary>The socket of a containerd of the system's own, which dockerd uses when it is there.</summary>
    public string ContainerdSocket { get; init; } = "/run/containerd/containerd.sock";

    /// <summary>Where a dockerd in the background writes.</summary>
    public string LogFile { get; init; } = "/var/log/lotse/dockerd.log";

    /// <summary>Held by the one run that installs or starts the engine.</summary>
    public string LockFile { get; init; } = "/run/lock/lotse-engine.lock";

    /// <summary>Arguments for a dockerd in the background.</summary>
    public ImmutableArray<string> DaemonArguments { get; init; } = [];

    /// <summary>Folders searched for dockerd beside the PATH, which for some users lacks them.</summary>
    public ImmutableArray<string> DaemonFolders { get; init; } =
    ["/usr/sbin", "/usr/local/sbin", "/sbin", "/usr/bin", "/usr/local/bin"];

    /// <summary>Exists where systemd is process 1.</summary>
    public string SystemdMark { get; init; } = "/run/systemd/system";

    public string OsRelease { get; init; } = "/etc/os-release";

    public string AptGet { get; init; } = "/usr/bin/apt-get";

    /// <summary>How long an address may take to answer.</summary>
    public TimeSpan ProbeDeadline { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long an engine that was started may take to answer.</summary>
    public TimeSpan StartDeadline { get; init; } = TimeSpan.FromSeconds(90);

    public string Path => Variable("PATH") ?? "";
}

using System.Formats.Tar;
using System.Globalization;
using Docker.DotNet.Models;
using Lotse.Testing.Engine;

namespace Lotse.Testing.Servers;

/// <summary>How a container becomes a server: what the engine is asked for, and what its first process does.</summary>
internal static class ServerContainer
{
    /// <summary>Where the server's own engine writes what it does.</summary>
    public const string EngineLog = "/var/log/dockerd.log";

    /// <summary>Starts the server's engine.</summary>
    public const string StartEngine = $"setsid --fork dockerd </dev/null >>{EngineLog} 2>&1";

    private const string EngineData = "/var/lib/docker";

    // What a process id file of before a restart names is some other process now.
    private const string Start = $"""
        set -e
        mkdir -p /run/sshd
        [ -f /etc/ssh/ssh_host_ed25519_key ] || ssh-keygen -q -A
        /usr/sbin/sshd
        rm -rf /run/docker /run/docker.pid /run/containerd
        if command -v dockerd >/dev/null; then {StartEngine}; fi
        exec sleep infinity
        """;

    // systemd wants to write to cgroups, and gets those below the container's own alone: it would take the machine's for its
    // own, and change them.
    private const string Boot = """
        set -e
        [ -f /etc/ssh/ssh_host_ed25519_key ] || ssh-keygen -q -A
        cd /sys/fs/cgroup
        if [ -e cgroup.controllers ]; then mount -o remount,rw /sys/fs/cgroup; exec /sbin/init; fi
        controllers=$(awk -F : '$2 != "" && $2 !~ /=/ { print $2 }' /proc/self/cgroup)
        cd /
        umount -R /sys/fs/cgroup
        mount -t tmpfs -o mode=755 cgroup /sys/fs/cgroup
        for controller in $controllers; do
          mkdir /sys/fs/cgroup/$controller
          mount -t cgroup -o $controller cgroup /sys/fs/cgroup/$controller
        done
        mkdir /sys/fs/cgroup/systemd
        mount -t cgroup -o none,name=systemd cgroup /sys/fs/cgroup/systemd
        exec /sbin/init
        """;

    private const string ContainerdStore = """{"features": {"containerd-snapshotter": true}}""";

    // Of what --privileged gives, all that an engine in a container needs: some machines lack the rest themselves.
    private static readonly string[] Capabilities =
    [
        "SYS_ADMIN",
        "NET_ADMIN",
        "NET_RAW",
        "SYS_PTRACE",
        "MKNOD",
        "DAC_READ_SEARCH",
        "SYSLOG",
        "SYS_CHROOT",
        "SYS_NICE",
        "IPC_LOCK",
        "LINUX_IMMUTABLE",
        "SETPCAP",
        "AUDIT_WRITE",
    ];

    /// <summary>What the engine is asked for.</summary>
    public static CreateContainerParameters Parameters(
        TestEngine engine,
        string image,
        ServerPlace place,
        ServerKind kind
    ) =>
        new()
        {
            Name = engine.Name("server"),
            Hostname = place.HostName,
            Image = image,
            Labels = engine.Labels,
            Entrypoint = kind == ServerKind.Booted ? ["sh", "-c"] : ["/usr/bin/tini", "--"],
            Cmd = kind == ServerKind.Booted ? [Boot] : ["sh", "-c", Start],
            Env = kind == ServerKind.Booted ? ["container=docker"] : [],
            HostConfig = HostConfig(engine, place, kind),
            NetworkingConfig = new NetworkingConfig
            {
                EndpointsConfig = new Dictionary<string, EndpointSettings> { [place.Network] = Endpoint(place) },
            },
        };

    /// <summary>The server's place on its network, always the same address.</summary>
    public static EndpointSettings Endpoint(ServerPlace place) =>
        new() { IPAMConfig = new EndpointIPAMConfig { IPv4Address = place.Address } };

    /// <summary>Files that the server has before it starts: a tar archive of the root.</summary>
    public static async Task<Stream> FilesAsync(ServerKind kind, CancellationToken cancellationToken)
    {
        var archive = new MemoryStream();
        await using (var tar = new TarWriter(archive, TarEntryFormat.Pax, leaveOpen: true))
        {
            if (kind == ServerKind.ContainerdStore)
            {
                await AddAsync(tar, "/etc/docker/daemon.json", ContainerdStore, cancellationToken);
            }
            else if (kind is ServerKind.Bare or ServerKind.Booted)
            {
                await AddAptAsync(tar, kind, cancellationToken);
            }
        }

        archive.Position = 0;
        return archive;
    }

    private static async Task AddAptAsync(TarWriter tar, ServerKind kind, CancellationToken cancellationToken)
    {
        foreach (var path in AptConfiguration.Settings.Concat(AptConfiguration.Trust))
        {
            await tar.WriteEntryAsync(path, path.TrimStart('/'), cancellationToken);
        }

        foreach (var (name, text) in AptConfiguration.Sources(kind))
        {
            var folder = name == "sources.list" ? "/etc/apt" : "/etc/apt/sources.list.d";
            await AddAsync(tar, $"{folder}/{name}", text, cancellationToken);
        }
    }

    private static async Task AddAsync(TarWriter tar, string path, string text, CancellationToken cancellationToken)
    {
        await using var content = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text));
        var entry = new PaxTarEntry(TarEntryType.RegularFile, path.TrimStart('/')) { DataStream = content };
        await tar.WriteEntryAsync(entry, cancellationToken);
    }

    private static HostConfig HostConfig(TestEngine engine, ServerPlace place, ServerKind kind) =>
        new()
        {
            NetworkMode = place.Network,
            CapAdd = Capabilities,
            SecurityOpt = ["seccomp=unconfined", "apparmor=unconfined"],
            // What the command line calls systempaths=unconfined.
            MaskedPaths = [],
            ReadonlyPaths = [],
            CgroupnsMode = kind == ServerKind.Booted ? "private" : "host",
            Binds = kind == ServerKind.Booted ? [] : ["/sys/fs/cgroup:/sys/fs/cgroup:rw"],
            DeviceCgroupRules = ["a *:* rwm"],
            Mounts = [EngineDataOn(engine, place)],
        };

    private static Mount EngineDataOn(TestEngine engine, ServerPlace place) =>
        new()
        {
            Type = "volume",
            Source = engine.Name("data"),
            Target = EngineData,
            VolumeOptions = new VolumeOptions { Labels = engine.Labels, DriverConfig = Driver(place.DiskBytes) },
        };

    private static Driver Driver(long? bytes) =>
        new()
        {
            Name = "local",
            Options = bytes is { } size
                ? new Dictionary<string, string>
                {
                    ["type"] = "tmpfs",
                    ["device"] = "tmpfs",
                    ["o"] = string.Create(CultureInfo.InvariantCulture, $"size={size}"),
                }
                : [],
        };
}

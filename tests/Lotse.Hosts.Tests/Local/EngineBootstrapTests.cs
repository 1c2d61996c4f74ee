using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Lotse.Execution.Ports;
using Lotse.Hosts.Local;

namespace Lotse.Hosts.Tests.Local;

/// <summary>
/// Starts real engines with everything of their own, beside the one that runs. A network namespace is part of that: a dockerd
/// without a bridge deletes the interface docker0, and with it the network of the engine beside it.
/// </summary>
public sealed class EngineBootstrapTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentQueue<EngineProgress> _progress = [];

    private static string? RealDaemon { get; } =
        LocalProcess.Find("dockerd", Environment.GetEnvironmentVariable("PATH"), "/usr/sbin");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_installed_engine_is_started_in_a_session_of_its_own()
    {
        var endpoint = await Bootstrap(Site()).EnsureAsync(new Recorder(_progress), Cancellation);
        Assert.True(endpoint.Started);
        Assert.False(endpoint.Installed);
        Assert.True(endpoint.ApiVersion >= BootstrapDecision.OldestApi);
        var id = DaemonId()!.Value;
        Assert.Equal(id, SessionOf(id));
        Assert.Contains(_progress, p => p.Phase == EnginePhase.Ready);

        var again = await Bootstrap(Site()).EnsureAsync(null, Cancellation);
        Assert.False(again.Started);
    }

    [Fact]
    public async Task Files_left_by_a_killed_engine_do_not_prevent_the_start()
    {
        await Bootstrap(Site()).EnsureAsync(null, Cancellation);
        await KillAsync("-KILL", DaemonId());
        await KillAsync("-KILL", ContainerdId());
        // Both ids now belong to another living process, as happens after a reboot.
        var living = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        File.WriteAllText(Site().PidFile, living);
        File.WriteAllText(Site().ContainerdPidFile, living);

        var endpoint = await Bootstrap(Site()).EnsureAsync(new Recorder(_progress), Cancellation);

        Assert.True(endpoint.Started);
        Assert.Equal(2, _progress.Count(p => p.Message.StartsWith("removed", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_engine_can_be_started_at_the_moment_it_was_killed()
    {
        await Bootstrap(Site()).EnsureAsync(null, Cancellation);
        await KillAsync("-KILL", DaemonId());
        Assert.True((await Bootstrap(Site()).EnsureAsync(null, Cancellation)).Started);
    }

    [Fact]
    public async Task Two_at_once_start_one_engine()
    {
        var both = await Task.WhenAll(
            Bootstrap(Site()).EnsureAsync(null, Cancellation),
            Bootstrap(Site()).EnsureAsync(new Recorder(_progress), Cancellation)
        );
        Assert.Single(both, e => e.Started);
    }

    [Fact]
    public async Task An_engine_that_ends_at_once_is_reported_with_its_last_words()
    {
        var site = Site() with { DaemonArguments = ["--no-such-flag"] };
        var error = await Assert.ThrowsAsync<EngineUnavailableException>(() =>
            Bootstrap(site).EnsureAsync(null, Cancellation)
        );
        Assert.Equal(EngineProblem.StartFailed, error.Problem);
        Assert.Contains(error.Evidence, line => line.Contains("no-such-flag", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_missing_engine_is_installed_by_apt_and_started()
    {
        var target = _folder["installed"];
        Directory.CreateDirectory(target);
        var install = $"case \"$*\" in *install*) cp {_folder["bin"]}/dockerd {target}/dockerd;; esac";
        var site = SiteWithoutEngine(target, install);

        var endpoint = await Bootstrap(site).EnsureAsync(new Recorder(_progress), Cancellation);

        Assert.True(endpoint is { Installed: true, Started: true });
        Assert.Contains(_progress, p => p is { Phase: EnginePhase.Installing, Detail: true, Message: "apt at work" });
    }

    [Fact]
    public async Task A_failing_apt_is_reported_with_its_output()
    {
        var site = SiteWithoutEngine(_folder.Path, "echo 'no room' >&2; exit 100");
        var error = await Assert.ThrowsAsync<EngineUnavailableException>(() =>
            Bootstrap(site).EnsureAsync(null, Cancellation)
        );
        Assert.Equal(EngineProblem.InstallFailed, error.Problem);
        Assert.Contains("no room", error.Evidence);
    }

    public ValueTask InitializeAsync()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            Assert.Skip("starting an engine needs root on Linux");
        }

        if (RealDaemon is null)
        {
            Assert.Skip("dockerd is not installed");
        }

        // One that runs in a network of its own. Written once: what is being started just then must not be written anew.
        _folder.WriteProgram("bin/dockerd", $"#!/bin/sh\nexec unshare --net {RealDaemon} \"$@\"\n");
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync("-TERM", DaemonId());
        await KillAsync("-TERM", ContainerdId());
        // A killed engine leaves its data folder mounted upon itself, and who looked into it may not have left it yet.
        using var unmount = Process.Start(
            "sh",
            ["-c", "while umount --lazy \"$0\" 2>/dev/null; do :; done", _folder["data"]]
        );
        await unmount.WaitForExitAsync(CancellationToken.None);
        _folder.Dispose();
    }

    private static EngineBootstrap Bootstrap(EngineSite site) => new(site, TimeProvider.System);

    private EngineSite Site() =>
        new()
        {
            Variable = _ => null,
            Home = _folder.Path,
            DefaultSocket = _folder["d.sock"],
            PidFile = _folder["d.pid"],
            ContainerdPidFile = _folder["exec/containerd/containerd.pid"],
            ContainerdSocket = _folder["no-containerd.sock"],
            LogFile = _folder["log/d.log"],
            LockFile = _folder["lock"],
            SystemdMark = _folder["no-systemd"],
            DaemonArguments = DaemonArguments(),
            DaemonFolders = [_folder["bin"]],
        };

    private ImmutableArray<string> DaemonArguments() =>
        [
            $"--host=unix://{_folder["d.sock"]}",
            $"--data-root={_folder["data"]}",
            $"--exec-root={_folder["exec"]}",
            $"--pidfile={_folder["d.pid"]}",
            "--bridge=none",
            "--iptables=false",
            "--ip-forward=false",
        ];

    private EngineSite SiteWithoutEngine(string folder, string apt)
    {
        var script = _folder.WriteProgram("apt-get", $"#!/bin/sh\necho apt at work\n{apt}\n");
        return Site() with
        {
            DaemonFolders = [folder],
            AptGet = script,
            OsRelease = _folder.Write("os-release", "ID=debian\n"),
        };
    }

    private int? DaemonId() => PidFiles.LivingProcess(_folder["d.pid"], "dockerd");

    private int? ContainerdId() => PidFiles.LivingProcess(Site().ContainerdPidFile, "containerd");

    private static int SessionOf(int id)
    {
        var stat = File.ReadAllText($"/proc/{id}/stat");
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[3], CultureInfo.InvariantCulture);
    }

    private static async Task KillAsync(string signal, int? id)
    {
        if (id is null)
        {
            return;
        }

        using var kill = Process.Start("kill", [signal, id.Value.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(CancellationToken.None);
        while (Directory.Exists($"/proc/{id}") && !IsZombie(id.Value))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, CancellationToken.None);
        }
    }

    private static bool IsZombie(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return stat[stat.LastIndexOf(')') + 2] == 'Z';
        }
        catch (IOException)
        {
            return true;
        }
    }

    private sealed class Recorder(ConcurrentQueue<EngineProgress> into) : IProgress<EngineProgress>
    {
        public void Report(EngineProgress value) => into.Enqueue(value);
    }
}

using System.Collections.Immutable;
using System.Diagnostics;
using Lotse.Execution.Ports;

namespace Lotse.Hosts.Local;

/// <summary>Starts the engine: by systemd where that runs, otherwise in the background in a session of its own.</summary>
internal sealed class EngineStarter(EngineSite site, TimeProvider time, IProgress<EngineProgress>? progress)
{
    public async Task StartAsync(bool systemd, string daemon, CancellationToken cancellation)
    {
        if (systemd)
        {
            await StartUnitAsync(cancellation);
            await AwaitAnswerAsync(exited: null, evidence: UnitLogAsync, cancellation);
            return;
        }

        foreach (var done in await CleanUpAsync(cancellation))
        {
            progress?.Report(new(EnginePhase.Starting, done));
        }

        progress?.Report(
            new(EnginePhase.Starting, $"Starting {daemon} in the background; it writes to {site.LogFile}.")
        );
        Directory.CreateDirectory(Path.GetDirectoryName(site.LogFile)!);
        var logged = File.Exists(site.LogFile) ? new FileInfo(site.LogFile).Length : 0;
        using var process = Launch(daemon);
        await AwaitAnswerAsync(process, _ => Task.FromResult(ReadLog(logged)), cancellation);
    }

    /// <summary>Waits for an engine that somebody else has started.</summary>
    public Task AwaitAsync(int processId, CancellationToken cancellation)
    {
        progress?.Report(
            new(EnginePhase.Starting, $"dockerd (process {processId}) is starting: waiting for its answer.")
        );
        return AwaitAnswerAsync(exited: null, _ => Task.FromResult(ReadLog(0)), cancellation);
    }

    private async Task StartUnitAsync(CancellationToken cancellation)
    {
        progress?.Report(new(EnginePhase.Starting, "Starting the engine: systemctl start docker."));
        var request = new ProcessRequest { Program = "systemctl", Arguments = ["start", "docker"] };
        var result = await LocalProcess.RunAsync(request, cancellation);
        if (result.ExitCode != 0)
        {
            throw Failed(
                $"systemctl start docker ended with exit code {result.ExitCode}",
                [.. result.Tail, .. await UnitLogAsync(cancellation)]
            );
        }
    }

    private async Task<ImmutableArray<string>> CleanUpAsync(CancellationToken cancellation)
    {
        await AwaitOrphanAsync(cancellation);
        return
        [
            .. new[]
            {
                PidFiles.RemoveStale(site.PidFile, "dockerd"),
                PidFiles.RemoveStale(site.ContainerdPidFile, "containerd"),
                await PidFiles.RemoveDeadSocketAsync(site.ContainerdSocket, cancellation),
            }.OfType<string>(),
        ];
    }

    /// <summary>
    /// The kernel kills dockerd's containerd with its parent, but a moment later. A dockerd that starts in that moment takes
    /// it for one that it can use, and fails after 15 s. One that lives longer than this is usable indeed.
    /// </summary>
    private async Task AwaitOrphanAsync(CancellationToken cancellation)
    {
        var begun = time.GetTimestamp();
        while (
            PidFiles.LivingProcess(site.ContainerdPidFile, "containerd") is not null
            && time.GetElapsedTime(begun) < TimeSpan.FromSeconds(3)
        )
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), time, cancellation);
        }
    }

    /// <summary>
    /// setsid gives the daemon a session of its own, so that neither the end of this process nor Ctrl+C in its terminal
    /// reaches it. Neither the shell nor setsid forks here: the process that is watched is the daemon.
    /// </summary>
    private Process Launch(string daemon)
    {
        const string Script = "log=$1; shift; exec setsid \"$@\" </dev/null >>\"$log\" 2>&1";
        var info = new ProcessStartInfo("/bin/sh", ["-c", Script, "sh", site.LogFile, daemon, .. site.DaemonArguments])
        {
            WorkingDirectory = "/",
        };
        info.Environment["PATH"] = string.Join(':', [site.Path, "/usr/sbin", "/sbin", "/usr/bin", "/bin"]);
        return Process.Start(info)!;
    }

    private async Task AwaitAnswerAsync(
        Process? exited,
        Func<CancellationToken, Task<ImmutableArray<string>>> evidence,
        CancellationToken cancellation
    )
    {
        var candidate = new EngineCandidate($"unix://{site.DefaultSocket}", "the default socket");
        var exit = exited?.WaitForExitAsync(cancellation) ?? Task.Delay(Timeout.InfiniteTimeSpan, time, cancellation);
        var begun = time.GetTimestamp();
        for (var pause = TimeSpan.FromMilliseconds(50); ; pause = Longer(pause))
        {
            var engine = await EngineProbe.ProbeAsync(candidate, site.ProbeDeadline, time, cancellation);
            if (engine.Outcome == ProbeOutcome.Answers)
            {
                return;
            }

            if (exit.IsCompletedSuccessfully)
            {
                throw Failed($"dockerd ended with exit code {exited!.ExitCode}", await evidence(cancellation));
            }

            if (time.GetElapsedTime(begun) > site.StartDeadline)
            {
                var waited = $"the engine did not answer within {site.StartDeadline.TotalSeconds:0} s";
                throw Failed(waited, [engine.Describe(), .. await evidence(cancellation)]);
            }

            await Task.WhenAny(exit, Task.Delay(pause, time, cancellation));
            cancellation.ThrowIfCancellationRequested();
        }
    }

    private static TimeSpan Longer(TimeSpan pause) =>
        TimeSpan.FromMilliseconds(Math.Min(500, pause.TotalMilliseconds * 1.5));

    /// <summary>The last lines of the log beyond what an earlier start wrote.</summary>
    private ImmutableArray<string> ReadLog(long from)
    {
        if (!File.Exists(site.LogFile))
        {
            return [];
        }

        using var file = new FileStream(site.LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Position = Math.Min(from, file.Length);
        using var reader = new StreamReader(file);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(15)];
    }

    private static async Task<ImmutableArray<string>> UnitLogAsync(CancellationToken cancellation)
    {
        var request = new ProcessRequest
        {
            Program = "journalctl",
            Arguments = ["-u", "docker", "-n", "15", "--no-pager", "-o", "cat"],
        };
        return (await LocalProcess.RunAsync(request, cancellation)).Tail;
    }

    private EngineUnavailableException Failed(string fact, ImmutableArray<string> evidence) =>
        new(
            EngineProblem.StartFailed,
            $"The container engine could not be started: {fact}.",
            evidence,
            $"The lines above are the engine's own. Its log: {site.LogFile} or `journalctl -u docker`. "
                + "Then run the same command again."
        );
}

using System.Collections.Immutable;

namespace Lotse.Hosts.Local;

/// <summary>Gathers the facts on this machine. It changes nothing.</summary>
internal sealed class MachineSurvey(EngineSite site, TimeProvider time)
{
    public static HostSystem System =>
        OperatingSystem.IsWindows() ? HostSystem.Windows
        : OperatingSystem.IsMacOS() ? HostSystem.MacOs
        : HostSystem.Linux;

    public async Task<MachineFacts> TakeAsync(CancellationToken cancellation)
    {
        var engines = await ProbeAsync(cancellation);
        if (engines.LastOrDefault()?.Outcome == ProbeOutcome.Answers)
        {
            return new() { System = System, Engines = engines };
        }

        var group = await SocketGroupAsync(engines, cancellation);
        return new()
        {
            System = System,
            Engines = engines,
            Distribution = OsRelease(site.OsRelease),
            IsRoot = Environment.IsPrivilegedProcess,
            User = Environment.UserName,
            Systemd = Directory.Exists(site.SystemdMark),
            Apt = File.Exists(site.AptGet),
            Installed = FindInstalled(),
            EngineProcess = PidFiles.LivingProcess(site.PidFile, "dockerd"),
            SocketGroup = group,
            IsGroupMember = group is not null && IsMember(group),
        };
    }

    /// <summary>os-release's ID and ID_LIKE as one list.</summary>
    public static ImmutableArray<string> OsRelease(string path)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        var values = File.ReadLines(path)
            .Select(line => line.Split('=', 2))
            .Where(pair => pair.Length == 2)
            .ToLookup(pair => pair[0].Trim(), pair => pair[1].Trim().Trim('"', '\''));
        return
        [
            .. values["ID"]
                .Concat(values["ID_LIKE"])
                .SelectMany(v => v.Split(' ', StringSplitOptions.RemoveEmptyEntries)),
        ];
    }

    private async Task<ImmutableArray<ProbedEngine>> ProbeAsync(CancellationToken cancellation)
    {
        var probed = ImmutableArray.CreateBuilder<ProbedEngine>();
        foreach (var candidate in EngineCandidates.For(System, site))
        {
            var engine = await EngineProbe.ProbeAsync(candidate, site.ProbeDeadline, time, cancellation);
            probed.Add(engine);
            if (engine.Outcome == ProbeOutcome.Answers)
            {
                break;
            }
        }

        return probed.ToImmutable();
    }

    private string? FindInstalled() =>
        System switch
        {
            HostSystem.Linux => LocalProcess.Find("dockerd", site.Path, site.DaemonFolders),
            HostSystem.MacOs => Existing("/Applications/Docker.app"),
            _ => Existing(
                Path.Combine(
                    Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles),
                    "Docker",
                    "Docker",
                    "Docker Desktop.exe"
                )
            ),
        };

    private static string? Existing(string path) => Path.Exists(path) ? path : null;

    private static async Task<string?> SocketGroupAsync(
        ImmutableArray<ProbedEngine> engines,
        CancellationToken cancellation
    )
    {
        var denied = engines.FirstOrDefault(e => e.Outcome == ProbeOutcome.NoPermission);
        if (denied is null || OperatingSystem.IsWindows())
        {
            return null;
        }

        var format = OperatingSystem.IsMacOS() ? new[] { "-f", "%Sg" } : ["-c", "%G"];
        var request = new ProcessRequest
        {
            Program = "stat",
            Arguments = [.. format, new Uri(denied.Candidate.Address).LocalPath],
        };
        var result = await LocalProcess.RunAsync(request, cancellation);
        return result.ExitCode == 0 ? result.Tail.LastOrDefault() : null;
    }

    private static bool IsMember(string group) =>
        File.Exists("/etc/group")
        && File.ReadLines("/etc/group")
            .Select(line => line.Split(':'))
            .Any(f => f.Length == 4 && f[0] == group && f[3].Split(',').Contains(Environment.UserName));
}

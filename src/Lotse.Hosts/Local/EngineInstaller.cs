using Lotse.Execution.Ports;

namespace Lotse.Hosts.Local;

/// <summary>Installs the engine from the distribution's packages (Debian, Ubuntu; as root).</summary>
internal sealed class EngineInstaller(string aptGet, IProgress<EngineProgress>? progress)
{
    public const string Package = "docker.io";

    public async Task InstallAsync(CancellationToken cancellation)
    {
        progress?.Report(
            new(EnginePhase.Installing, $"No container engine is installed: installing {Package} with apt-get.")
        );
        // A source that cannot be reached makes the update fail while the package is there in another: the install decides.
        var update = await AptGetAsync(["update"], cancellation);
        var install = await AptGetAsync(["install", "-y", Package], cancellation);
        if (install.ExitCode != 0)
        {
            throw new EngineUnavailableException(
                EngineProblem.InstallFailed,
                $"Installing {Package} failed: apt-get ended with exit code {install.ExitCode}.",
                [
                    .. update.ExitCode == 0 ? [] : update.Tail.TakeLast(5).Prepend("apt-get update:"),
                    "apt-get install:",
                    .. install.Tail.TakeLast(15),
                ],
                $"Make `apt-get install -y {Package}` work on this machine, then run the same command again."
            );
        }
    }

    /// <summary>An apt of another's (unattended upgrades) is waited for, two minutes at most.</summary>
    private Task<ProcessResult> AptGetAsync(string[] arguments, CancellationToken cancellation) =>
        LocalProcess.RunAsync(
            new()
            {
                Program = aptGet,
                Arguments = ["-o", "DPkg::Lock::Timeout=120", .. arguments],
                Environment = new Dictionary<string, string>
                {
                    ["DEBIAN_FRONTEND"] = "noninteractive",
                    ["LC_ALL"] = "C.UTF-8",
                },
                OnLine = line => progress?.Report(new(EnginePhase.Installing, line, Detail: true)),
            },
            cancellation
        );
}

using Lotse.Testing.Processes;

namespace Lotse.Testing.Packages;

/// <summary>Programs that a machine may lack, from its distribution.</summary>
public static class AptPackages
{
    private const int LinesOfBlame = 5;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>Why nothing can be installed here; null where it can.</summary>
    public static string? Obstacle =>
        Environment.IsPrivilegedProcess && File.Exists("/usr/bin/apt-get")
            ? null
            : "only root on Debian or Ubuntu installs packages by itself";

    /// <summary>Installs a package; returns null, or how that failed.</summary>
    public static async Task<string?> InstallAsync(string package, CancellationToken cancellationToken)
    {
        string[] install = ["install", "-y", "--no-install-recommends", package];
        var result = await AptAsync(install, cancellationToken);
        if (result.ExitCode != 0)
        {
            // Fresh machines know no packages yet.
            await AptAsync(["update"], cancellationToken);
            result = await AptAsync(install, cancellationToken);
        }

        var blame = string.Join(" / ", result.Lines.TakeLast(LinesOfBlame).Select(l => l.Text));
        return result.ExitCode == 0 ? null : $"apt-get install {package} ended with {result.ExitCode}: {blame}";
    }

    /// <summary>
    /// The folder that a package is unpacked to without being installed, which is done once on this machine; or how that failed.
    /// </summary>
    public static async Task<(string Folder, string? Failure)> UnpackOnceAsync(
        string package,
        CancellationToken cancellationToken
    )
    {
        var folder = Path.Combine(Path.GetTempPath(), "lotse-testing-packages", package);
        using var turn = await MachineLock.TakeAsync($"unpack-{package}", cancellationToken);
        if (Directory.Exists(folder))
        {
            return (folder, null);
        }

        // Under its name it is whole.
        var begun = Directory.CreateDirectory($"{folder}.{Path.GetRandomFileName()}");
        if (await UnpackAsync(package, begun.FullName, cancellationToken) is { } failure)
        {
            begun.Delete(recursive: true);
            return (folder, failure);
        }

        begun.MoveTo(folder);
        return (folder, null);
    }

    /// <summary>Unpacks a package into a folder without installing it; returns null, or how that failed.</summary>
    private static async Task<string?> UnpackAsync(string package, string folder, CancellationToken cancellationToken)
    {
        if (!File.Exists("/usr/bin/apt-get"))
        {
            return "only Debian and Ubuntu have the package";
        }

        var script = $"apt-get download {package} && dpkg-deb --extract {package}_*.deb .";
        var result = await ShellAsync(script, folder, cancellationToken);
        if (result.ExitCode != 0 && Obstacle is null)
        {
            // Fresh machines know no packages yet.
            await AptAsync(["update"], cancellationToken);
            result = await ShellAsync(script, folder, cancellationToken);
        }

        var blame = string.Join(" / ", result.Lines.TakeLast(LinesOfBlame).Select(l => l.Text));
        return result.ExitCode == 0 ? null : $"apt-get download {package} ended with {result.ExitCode}: {blame}";
    }

    private static Task<ProcessResult> ShellAsync(string script, string folder, CancellationToken cancellationToken) =>
        TestProcess.RunAsync(
            new ProcessRequest
            {
                FileName = "sh",
                Arguments = ["-c", script],
                WorkingDirectory = folder,
            },
            Limit,
            cancellationToken
        );

    private static Task<ProcessResult> AptAsync(string[] arguments, CancellationToken cancellationToken) =>
        TestProcess.RunAsync(
            new ProcessRequest
            {
                FileName = "apt-get",
                Arguments = ["-o", "DPkg::Lock::Timeout=300", .. arguments],
                Environment = new Dictionary<string, string?> { ["DEBIAN_FRONTEND"] = "noninteractive" },
            },
            Limit,
            cancellationToken
        );
}

using Lotse.Testing.Processes;

namespace Lotse.Testing.Postgres;

/// <summary>Where PostgreSQL's programs are on this machine.</summary>
internal static class PostgresPrograms
{
    private const string DebianRoot = "/usr/lib/postgresql";
    private const int LinesOfBlame = 5;

    private static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(250);

    /// <summary>The folder with initdb and postgres of the newest version, installed first where that can be.</summary>
    /// <exception cref="PostgresUnavailableException">There are none.</exception>
    public static async Task<string> FindOrInstallAsync(CancellationToken cancellationToken)
    {
        if (Find() is { } found)
        {
            return found;
        }

        if (!Environment.IsPrivilegedProcess || !File.Exists("/usr/bin/apt-get"))
        {
            throw new PostgresUnavailableException(
                "PostgreSQL's server programs (initdb, postgres) are not installed, and only root on Debian or Ubuntu "
                    + "installs them by itself. Install the package 'postgresql'."
            );
        }

        await using var turn = await TakeTurnAsync(cancellationToken);
        if (Find() is null)
        {
            await InstallAsync(cancellationToken);
        }

        return Find()
            ?? throw new PostgresUnavailableException($"The package 'postgresql' brought no programs to {DebianRoot}.");
    }

    private static string? Find()
    {
        var debian = Directory.Exists(DebianRoot)
            ? Directory.GetDirectories(DebianRoot).OrderByDescending(Version).Select(d => Path.Combine(d, "bin"))
            : [];
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return debian
            .Concat(path)
            .FirstOrDefault(d => File.Exists(Path.Combine(d, "initdb")) && File.Exists(Path.Combine(d, "postgres")));
    }

    private static int Version(string folder) => int.TryParse(Path.GetFileName(folder), out var version) ? version : 0;

    /// <summary>One installation at a time, over all test programs that run at once.</summary>
    private static async Task<FileStream> TakeTurnAsync(CancellationToken cancellationToken)
    {
        var path = Path.Combine(Path.GetTempPath(), "lotse-testing-postgres-install.lock");
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                // Held by another test program; there is no event for its release.
                await Task.Delay(LockPause, TimeProvider.System, cancellationToken);
            }
        }
    }

    private static async Task InstallAsync(CancellationToken cancellationToken)
    {
        var result = await AptAsync(["install", "-y", "--no-install-recommends", "postgresql"], cancellationToken);
        if (result.ExitCode != 0)
        {
            // Fresh machines know no packages yet.
            await AptAsync(["update"], cancellationToken);
            result = await AptAsync(["install", "-y", "--no-install-recommends", "postgresql"], cancellationToken);
        }

        if (result.ExitCode != 0)
        {
            var blame = string.Join(" / ", result.Lines.TakeLast(LinesOfBlame).Select(l => l.Text));
            throw new PostgresUnavailableException($"apt-get install postgresql ended with {result.ExitCode}: {blame}");
        }
    }

    private static Task<ProcessResult> AptAsync(string[] arguments, CancellationToken cancellationToken) =>
        TestProcess.RunAsync(
            new ProcessRequest
            {
                FileName = "apt-get",
                Arguments = ["-o", "DPkg::Lock::Timeout=300", .. arguments],
                Environment = new Dictionary<string, string?> { ["DEBIAN_FRONTEND"] = "noninteractive" },
            },
            InstallLimit,
            cancellationToken
        );
}

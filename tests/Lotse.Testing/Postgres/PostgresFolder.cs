using System.Diagnostics;
using Lotse.Testing.Processes;

namespace Lotse.Testing.Postgres;

/// <summary>A cluster's folder and the user who owns it: PostgreSQL refuses to run as root.</summary>
internal sealed class PostgresFolder : IDisposable
{
    private const string Prefix = "lotse-postgres-";
    private const string ServiceUser = "postgres";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private PostgresFolder(string root) => Root = root;

    /// <summary>Holds the data folder and the server's Unix socket.</summary>
    public string Root { get; }

    public string Data => Path.Combine(Root, "data");

    /// <summary>Makes a folder, after removing what test programs that were killed have left.</summary>
    public static async Task<PostgresFolder> CreateAsync(CancellationToken cancellationToken)
    {
        Sweep();
        var folder = new PostgresFolder(Directory.CreateTempSubdirectory($"{Prefix}{Environment.ProcessId}-").FullName);
        if (Environment.IsPrivilegedProcess)
        {
            var request = new ProcessRequest { FileName = "chown", Arguments = [ServiceUser, folder.Root] };
            var result = await TestProcess.RunAsync(request, Limit, cancellationToken);
            Assert.True(result.ExitCode == 0, $"{request} ended with {result.ExitCode}: {result.Error}");
        }

        return folder;
    }

    /// <summary>The command, run by the owner of the folder.</summary>
    public ProcessRequest AsOwner(string program, string[] arguments) =>
        Environment.IsPrivilegedProcess
            ? new ProcessRequest
            {
                FileName = "setpriv",
                Arguments =
                [
                    $"--reuid={ServiceUser}",
                    $"--regid={ServiceUser}",
                    "--clear-groups",
                    program,
                    .. arguments,
                ],
                WorkingDirectory = Root,
            }
            : new ProcessRequest
            {
                FileName = program,
                Arguments = arguments,
                WorkingDirectory = Root,
            };

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private static void Sweep()
    {
        foreach (var root in Directory.GetDirectories(Path.GetTempPath(), $"{Prefix}*"))
        {
            var owner = Path.GetFileName(root)[Prefix.Length..].Split('-')[0];
            if (int.TryParse(owner, out var id) && !Directory.Exists($"/proc/{id}") && Directory.Exists("/proc"))
            {
                EndServer(Path.Combine(root, "data", "postmaster.pid"));
                Directory.Delete(root, recursive: true);
            }
        }
    }

    private static void EndServer(string pidFile)
    {
        if (File.Exists(pidFile) && int.TryParse(File.ReadLines(pidFile).First(), out var id) && IsPostgres(id))
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
            process.WaitForExit(Limit);
        }
    }

    private static bool IsPostgres(int id) =>
        File.Exists($"/proc/{id}/comm")
        && File.ReadAllText($"/proc/{id}/comm").StartsWith("postgres", StringComparison.Ordinal);
}

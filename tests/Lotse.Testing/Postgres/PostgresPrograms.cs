using Lotse.Testing.Packages;

namespace Lotse.Testing.Postgres;

/// <summary>Where PostgreSQL's programs are on this machine.</summary>
internal static class PostgresPrograms
{
    private const string DebianRoot = "/usr/lib/postgresql";

    /// <summary>The folder with initdb and postgres of the newest version, installed first where that can be.</summary>
    /// <exception cref="PostgresUnavailableException">There are none.</exception>
    public static async Task<string> FindOrInstallAsync(CancellationToken cancellationToken)
    {
        if (Find() is { } found)
        {
            return found;
        }

        if (AptPackages.Obstacle is { } obstacle)
        {
            throw new PostgresUnavailableException(
                $"PostgreSQL's server programs (initdb, postgres) are not installed, and {obstacle}. "
                    + "Install the package 'postgresql'."
            );
        }

        using var turn = await MachineLock.TakeAsync("postgres-install", cancellationToken);
        if (Find() is null && await AptPackages.InstallAsync("postgresql", cancellationToken) is { } failure)
        {
            throw new PostgresUnavailableException(failure);
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
}

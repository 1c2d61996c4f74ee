using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Lotse.Hosts.Local;

namespace Lotse.Hosts.Images.StandIns;

/// <summary>A package as a file.</summary>
/// <param name="Name">The package's name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Path">Where the file is, or will be after the download.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Sha256">Its SHA-256, in lower-case hex.</param>
internal sealed record DebianPackage(string Name, string Version, string Path, long Size, string Sha256);

/// <summary>
/// Finds and downloads packages with apt-get, in a folder of its own: nothing is installed, the machine's own package state is
/// neither used nor changed, and no right is needed. The caller holds the cache's lock.
/// </summary>
internal sealed partial class AptArchive
{
    private static readonly TimeSpan ListsAge = TimeSpan.FromDays(1);

    private readonly AptSource _source;
    private readonly string _folder;
    private readonly TimeProvider _time;

    public AptArchive(AptSource source, string cacheFolder, TimeProvider time)
    {
        _source = source;
        _folder = Path.Combine(cacheFolder, "apt", source.Suite);
        _time = time;
    }

    /// <summary>Not apt-get's own folder of archives: what lies there is left out when it lists what it would download.</summary>
    private string Downloads => Path.Combine(_folder, "downloads");

    /// <summary>Whether this machine has the tools.</summary>
    public static bool IsAvailable => File.Exists("/usr/bin/apt-get") && File.Exists("/usr/bin/dpkg-deb");

    /// <summary>
    /// The packages with all that they depend on, as files to download; none is installed yet in this reckoning.
    /// Null when the suite has no such packages.
    /// </summary>
    public async Task<ImmutableArray<DebianPackage>?> ResolveAsync(
        IEnumerable<string> packages,
        CancellationToken cancellation
    )
    {
        await RefreshAsync(cancellation);
        var lines = new List<string>();
        string[] arguments = ["-qq", "-y", "--no-install-recommends", "--print-uris", "install", .. packages];
        var result = await AptGetAsync(arguments, lines.Add, cancellation);
        return result.ExitCode == 0
            ? [.. lines.Select(Parse).OfType<DebianPackage>().OrderBy(p => p.Name, StringComparer.Ordinal)]
            : null;
    }

    /// <summary>Downloads what is not there yet.</summary>
    public async Task DownloadAsync(ImmutableArray<DebianPackage> packages, CancellationToken cancellation)
    {
        var missing = packages.Where(p => !IsThere(p)).ToList();
        if (missing.Count == 0)
        {
            return;
        }

        string[] arguments = ["-qq", "download", .. missing.Select(p => $"{p.Name}={p.Version}")];
        var result = await AptGetAsync(arguments, null, cancellation);
        if (missing.FirstOrDefault(p => !IsThere(p)) is { } lacking)
        {
            throw new StandInException($"{lacking.Name} {lacking.Version} could not be downloaded", result.Tail);
        }
    }

    /// <summary>Lists are refreshed once a day. When that fails, older ones will do, or the next step says what is missing.</summary>
    private async Task RefreshAsync(CancellationToken cancellation)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "lists", "partial"));
        Directory.CreateDirectory(Path.Combine(_folder, "archives", "partial"));
        Directory.CreateDirectory(Downloads);
        await File.WriteAllTextAsync(Path.Combine(_folder, "status"), "", cancellation);
        var sources = Path.Combine(_folder, "debian.sources");
        var stamp = Path.Combine(_folder, "refreshed");
        var current =
            File.Exists(stamp)
            && _time.GetUtcNow() - File.GetLastWriteTimeUtc(stamp) < ListsAge
            && await File.ReadAllTextAsync(sources, cancellation) == _source.Text;
        if (current)
        {
            return;
        }

        await File.WriteAllTextAsync(sources, _source.Text, cancellation);
        if ((await AptGetAsync(["-qq", "update"], null, cancellation)).ExitCode == 0)
        {
            await File.WriteAllTextAsync(stamp, "", cancellation);
        }
    }

    private Task<ProcessResult> AptGetAsync(
        string[] arguments,
        Action<string>? onLine,
        CancellationToken cancellation
    ) =>
        LocalProcess.RunAsync(
            new()
            {
                Program = "apt-get",
                Arguments = [.. Options().SelectMany(option => new[] { "-o", option }), .. arguments],
                Directory = Downloads,
                Environment = new Dictionary<string, string> { ["LC_ALL"] = "C.UTF-8" },
                OnLine = onLine,
            },
            cancellation
        );

    private string[] Options() =>
        [
            $"Dir::State={_folder}",
            $"Dir::State::lists={_folder}/lists",
            $"Dir::State::status={_folder}/status",
            $"Dir::Cache={_folder}",
            $"Dir::Cache::archives={_folder}/archives",
            "Dir::Cache::pkgcache=pkgcache.bin",
            "Dir::Cache::srcpkgcache=srcpkgcache.bin",
            $"Dir::Etc::sourcelist={_folder}/debian.sources",
            "Dir::Etc::sourceparts=/dev/null",
            "Dir::Etc::preferences=/dev/null",
            "Dir::Etc::preferencesparts=/dev/null",
            "Debug::NoLocking=1",
            "Acquire::Languages=none",
            "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false",
            "Acquire::ForceHash=SHA256",
            $"APT::Sandbox::User={Environment.UserName}",
        ];

    private DebianPackage? Parse(string line)
    {
        var match = Uri().Match(line);
        if (!match.Success)
        {
            return null;
        }

        var file = match.Groups[1].Value;
        var parts = file.Split('_');
        return new(
            parts[0],
            System.Uri.UnescapeDataString(parts[1]),
            Path.Combine(Downloads, file),
            long.Parse(match.Groups[2].ValueSpan, System.Globalization.CultureInfo.InvariantCulture),
            match.Groups[3].Value
        );
    }

    /// <summary>A download that was cut off leaves a file that is too short, or too long when it was resumed wrongly.</summary>
    private static bool IsThere(DebianPackage package)
    {
        if (!File.Exists(package.Path) || new FileInfo(package.Path).Length != package.Size)
        {
            return false;
        }

        using var file = File.OpenRead(package.Path);
        return Convert.ToHexStringLower(SHA256.HashData(file)) == package.Sha256;
    }

    [GeneratedRegex(@"^'[^']+' (\S+) (\d+) SHA256:([0-9a-f]{64})$")]
    private static partial Regex Uri();
}

/// <summary>A stand-in could not be made: what failed, and the tool's last lines.</summary>
internal sealed class StandInException(string fact, IReadOnlyList<string> evidence) : Exception(fact)
{
    public IReadOnlyList<string> Evidence { get; } = evidence;
}

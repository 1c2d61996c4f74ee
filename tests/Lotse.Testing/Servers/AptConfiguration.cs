using System.Text.RegularExpressions;

namespace Lotse.Testing.Servers;

/// <summary>Where this machine's packages come from and whom it trusts; nothing of it is known before a test runs.</summary>
internal static class AptConfiguration
{
    /// <summary>What servers run on a Debian machine: a suite whose engine is newer than the one this may have.</summary>
    private const string DebianSuite = "trixie";

    /// <summary>The last whose systemd runs under version 1 of cgroups, which is what this machine may have.</summary>
    private const string BootedSuite = "bookworm";

    private const string Root = "/etc/apt";

    // The distribution's own, but for the sources, which are written for the server's suite.
    private static readonly string[] TrustPaths =
    [
        $"{Root}/keyrings",
        $"{Root}/trusted.gpg",
        $"{Root}/trusted.gpg.d",
        "/usr/share/keyrings",
        "/etc/ssl/certs/ca-certificates.crt",
    ];

    /// <summary>The suite that servers run: this machine's own where it is not Debian.</summary>
    public static string Suite(ServerKind kind) =>
        Field("ID") != "debian" ? Codename
        : kind == ServerKind.Booted ? BootedSuite
        : DebianSuite;

    /// <summary>Which distribution, and which suite of it: servers made from others are others.</summary>
    public static string Origin(ServerKind kind) => $"{Field("ID")} {Suite(kind)}";

    /// <summary>This machine's sources of its distribution, for the servers' suite, by file name.</summary>
    public static IReadOnlyDictionary<string, string> Sources(ServerKind kind)
    {
        var parts = Directory.Exists($"{Root}/sources.list.d") ? Directory.GetFiles($"{Root}/sources.list.d") : [];
        return parts
            .Append($"{Root}/sources.list")
            .Where(path => Path.GetExtension(path) is ".list" or ".sources" && File.Exists(path))
            .Select(path => (Name: Path.GetFileName(path), Text: File.ReadAllText(path)))
            .Where(file => Word(Codename).IsMatch(file.Text))
            .ToDictionary(file => file.Name, file => Word(Codename).Replace(file.Text, Suite(kind)));
    }

    /// <summary>How this machine reaches its sources: the files of settings that are about that.</summary>
    public static IReadOnlyList<string> Settings =>
        Directory.Exists($"{Root}/apt.conf.d")
            ? [.. Directory.GetFiles($"{Root}/apt.conf.d").Where(IsAboutReaching).Order(StringComparer.Ordinal)]
            : [];

    /// <summary>Keys and certificates, as far as they are there.</summary>
    public static IEnumerable<string> Trust =>
        TrustPaths.SelectMany(path =>
            Directory.Exists(path) ? Directory.EnumerateFiles(path)
            : File.Exists(path) ? [path]
            : []
        );

    private static string Codename => Field("VERSION_CODENAME");

    private static bool IsAboutReaching(string path) =>
        File.ReadAllText(path).Contains("Acquire", StringComparison.Ordinal);

    private static string Field(string name) =>
        File.ReadLines("/etc/os-release")
            .Where(line => line.StartsWith(name + '=', StringComparison.Ordinal))
            .Select(line => line[(name.Length + 1)..].Trim('"'))
            .FirstOrDefault("");

    // Suites have endings of their own: trixie-updates, trixie-security.
    private static Regex Word(string codename) => new($@"\b{Regex.Escape(codename)}\b", RegexOptions.CultureInvariant);
}

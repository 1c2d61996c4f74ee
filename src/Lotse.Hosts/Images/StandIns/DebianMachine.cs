using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Lotse.Hosts.Local;

namespace Lotse.Hosts.Images.StandIns;

/// <summary>This machine as a source of packages: its distribution, its suite and its mirrors.</summary>
internal sealed class DebianMachine
{
    private readonly ImmutableDictionary<string, string> _sources;

    private DebianMachine(bool isDebian, string suite, ImmutableDictionary<string, string> sources)
    {
        IsDebian = isDebian;
        Suite = suite;
        _sources = sources;
    }

    /// <summary>Whether it is Debian itself, whose other suites are on the same mirrors; not one of its children.</summary>
    public bool IsDebian { get; }

    /// <summary>The suite it runs, for example <c>bookworm</c>.</summary>
    public string Suite { get; }

    /// <summary>The processor architecture in the words of image configurations.</summary>
    public static string Architecture =>
        RuntimeInformation.OSArchitecture switch
        {
            System.Runtime.InteropServices.Architecture.X64 => "amd64",
            var other => other.ToString().ToLowerInvariant(),
        };

    /// <summary>This machine, or null with the reason when nothing can be made from packages on it.</summary>
    public static (DebianMachine? Machine, string Reason) Find()
    {
        if (!OperatingSystem.IsLinux() || !AptArchive.IsAvailable)
        {
            return (null, "stand-ins are made from Debian packages, and this machine has no apt-get and dpkg-deb");
        }

        var codename = Codename();
        return codename.Length == 0
            ? (null, "/etc/os-release does not name this machine's suite (VERSION_CODENAME)")
            : (new(MachineSurvey.OsRelease("/etc/os-release")[0] == "debian", codename, ReadSources()), "");
    }

    /// <summary>Where a suite's packages come from; null when this machine's mirrors do not have it.</summary>
    public AptSource? Source(string suite) => AptSource.From(_sources, Suite, suite);

    private static string Codename() =>
        File.ReadLines("/etc/os-release")
            .Where(line => line.StartsWith("VERSION_CODENAME=", StringComparison.Ordinal))
            .Select(line => line["VERSION_CODENAME=".Length..].Trim('"'))
            .FirstOrDefault("");

    private static ImmutableDictionary<string, string> ReadSources()
    {
        const string Parts = "/etc/apt/sources.list.d";
        var parts = Directory.Exists(Parts)
            ? Directory.GetFiles(Parts).Order(StringComparer.Ordinal)
            : Enumerable.Empty<string>();
        return parts
            .Where(p => Path.GetExtension(p) is ".list" or ".sources")
            .Prepend("/etc/apt/sources.list")
            .Where(File.Exists)
            .ToImmutableDictionary(p => p, File.ReadAllText);
    }
}

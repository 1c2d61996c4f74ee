using System.Runtime.InteropServices;
using Lotse.Hosts.Local;

namespace Lotse.Hosts.Images.StandIns;

/// <summary>The .NET that is installed on this machine.</summary>
/// <param name="Root">Its folder, with <c>dotnet</c>, <c>host</c> and <c>shared</c> in it.</param>
internal sealed record DotnetInstallation(string Root)
{
    public const string Runtime = "Microsoft.NETCore.App";
    public const string AspNet = "Microsoft.AspNetCore.App";

    /// <summary>The one this process runs on, or that the environment or the PATH names; null when there is none.</summary>
    public static DotnetInstallation? Find() =>
        new[]
        {
            Environment.GetEnvironmentVariable("DOTNET_ROOT"),
            OfThisProcess(),
            OnPath(),
            "/usr/share/dotnet",
            "/usr/lib/dotnet",
        }
            .OfType<string>()
            .Where(root =>
                File.Exists(Path.Combine(root, "dotnet")) && Directory.Exists(Path.Combine(root, "shared", Runtime))
            )
            .Select(root => new DotnetInstallation(root))
            .FirstOrDefault();

    /// <summary>The newest installed version of a framework that fits <c>major.minor</c>, or the newest of all when that is null.</summary>
    public string? Version(string framework, string? majorMinor)
    {
        var folder = Path.Combine(Root, "shared", framework);
        return Directory.Exists(folder)
            ? Newest(Directory.GetDirectories(folder).Select(Path.GetFileName).OfType<string>(), majorMinor)
            : null;
    }

    /// <summary>The newest hostfxr: it starts every older runtime.</summary>
    public string? HostVersion() =>
        Newest(
            Directory.GetDirectories(Path.Combine(Root, "host", "fxr")).Select(Path.GetFileName).OfType<string>(),
            null
        );

    internal static string? Newest(IEnumerable<string> versions, string? majorMinor) =>
        versions
            .Where(v => majorMinor is null || v.StartsWith(majorMinor + ".", StringComparison.Ordinal))
            .Select(v => (Text: v, Number: System.Version.TryParse(v.Split('-')[0], out var n) ? n : null))
            .Where(v => v.Number is not null)
            .OrderBy(v => v.Number)
            .ThenBy(v => !v.Text.Contains('-'))
            .ThenBy(v => v.Text, StringComparer.Ordinal)
            .Select(v => v.Text)
            .LastOrDefault();

    private static string OfThisProcess() => Path.GetFullPath("../../..", RuntimeEnvironment.GetRuntimeDirectory());

    private static string? OnPath()
    {
        var found = LocalProcess.Find("dotnet", Environment.GetEnvironmentVariable("PATH"));
        var target = found is null ? null : File.ResolveLinkTarget(found, returnFinalTarget: true)?.FullName ?? found;
        return Path.GetDirectoryName(target);
    }
}

using System.Text.Json;

namespace Lotse.Nuke.Versions;

/// <summary>
/// Runs GitVersion: as the tool of <c>build/gitversion/dotnet-tools.json</c> where the feed carries it, else the same program out of the
/// package GitVersion.MsBuild, which the build project downloads.
/// </summary>
internal sealed class GitVersionTool(string folder, string memory)
{
    private const string PackageVersion = "6.8.2";

    /// <summary>The version it computes; null when it cannot (a shallow clone, no tool), with the reason.</summary>
    public async Task<(string? Version, string Reason)> ComputeAsync(CancellationToken cancellation)
    {
        var (program, leading) = await FindAsync(cancellation);
        if (program is null)
        {
            return (null, "GitVersion is not installed");
        }

        string[] arguments = [.. leading, folder, "/output", "json", "/nofetch", "/nonormalize"];
        var answer = await Captured.RunAsync("dotnet", folder, arguments, null, cancellation);
        if (answer.ExitCode != 0)
        {
            var lines = answer.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            return (null, $"GitVersion ended with {answer.ExitCode}: {lines.LastOrDefault()?.Trim()}");
        }

        return Parse(answer.Output);
    }

    private static (string? Version, string Reason) Parse(string output)
    {
        try
        {
            using var json = JsonDocument.Parse(output);
            return (json.RootElement.GetProperty("SemVer").GetString(), "");
        }
        catch (Exception unreadable) when (unreadable is JsonException or KeyNotFoundException)
        {
            return (null, "GitVersion's answer is not the JSON it should be");
        }
    }

    private async Task<(string? Program, string[] Leading)> FindAsync(CancellationToken cancellation)
    {
        var manifest = Path.Combine(folder, "build", "gitversion", "dotnet-tools.json");
        if (File.Exists(manifest) && await IsToolAsync(manifest, cancellation))
        {
            return ("dotnet", ["tool", "run", "--tool-manifest", manifest, "dotnet-gitversion", "--"]);
        }

        var packages =
            Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        var program = Path.Combine(
            packages,
            "gitversion.msbuild",
            PackageVersion,
            "tools",
            "net10.0",
            "gitversion.dll"
        );
        return File.Exists(program) ? (program, [program]) : (null, []);
    }

    /// <summary>Whether the feed carries the tool: found out once, because asking costs more than the answer is worth a second time.</summary>
    private async Task<bool> IsToolAsync(string manifest, CancellationToken cancellation)
    {
        var answer = Path.Combine(memory, "gitversion-tool");
        if (File.Exists(answer))
        {
            return await File.ReadAllTextAsync(answer, cancellation) == "yes";
        }

        string[] arguments = ["tool", "restore", "--tool-manifest", manifest];
        var restored = (await Captured.RunAsync("dotnet", folder, arguments, null, cancellation)).ExitCode == 0;
        Directory.CreateDirectory(memory);
        await File.WriteAllTextAsync(answer, restored ? "yes" : "no", cancellation);
        return restored;
    }
}

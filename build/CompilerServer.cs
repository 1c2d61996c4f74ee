using System;
using System.Diagnostics;
using System.IO;
using System.Linq;

/// <summary>
/// A compiler that stays in memory from one project to the next, also for what tests compile. Where the environment forbids it (<c>UseSharedCompilation=false</c>, because
/// such a server outlives the build), there is one for this build alone, and it is ended with it: each of many projects would have to start a compiler of its own otherwise.
/// </summary>
static class CompilerServer
{
    // MSBuild takes both for properties.
    private const string Switch = "UseSharedCompilation";
    private const string Id = "SharedCompilationId";
    private static string? s_name;

    /// <summary>Lets everything that this process starts from now on share one.</summary>
    public static void Share()
    {
        if (bool.TryParse(Environment.GetEnvironmentVariable(Switch), out var isShared) && !isShared)
        {
            s_name = $"lotse-{Environment.ProcessId}";
            Environment.SetEnvironmentVariable(Switch, "true");
            Environment.SetEnvironmentVariable(Id, s_name);
        }
    }

    /// <summary>Ends the one of this build, if there is one.</summary>
    public static void End()
    {
        if (s_name is not null && FindProgram() is { } program)
        {
            Read("exec", program, "-shutdown", $"-pipename:{s_name}");
            s_name = null;
        }
    }

    private static string? FindProgram()
    {
        var version = Read("--version").Trim();
        // "10.0.401 [/usr/share/dotnet/sdk]"
        var line = Read("--list-sdks")
            .Split('\n')
            .FirstOrDefault(l => l.StartsWith($"{version} [", StringComparison.Ordinal));
        var folder = line?[(line.IndexOf('[') + 1)..].TrimEnd(']', '\r');
        var program = Path.Combine(folder ?? "", version, "Roslyn", "bincore", "VBCSCompiler.dll");
        return File.Exists(program) ? program : null;
    }

    private static string Read(params string[] arguments)
    {
        var info = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true };
        using var process = Process.Start(info)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }
}

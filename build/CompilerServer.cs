using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading.Tasks;

/// <summary>
/// A compiler that stays in memory from one project to the next. Where the environment forbids it (<c>UseSharedCompilation=false</c>, because such a server outlives the
/// build), there is one for this build alone, and it is ended with it: each of many projects would have to start a compiler of its own otherwise.
/// </summary>
static class CompilerServer
{
    /// <summary>Runs a build with it.</summary>
    /// <param name="build">Takes further arguments for <c>dotnet build</c>; none where nothing is forbidden.</param>
    public static async Task UseAsync(Func<string[], Task> build)
    {
        if (!bool.TryParse(Environment.GetEnvironmentVariable("UseSharedCompilation"), out var isShared) || isShared)
        {
            await build([]);
            return;
        }

        var name = $"lotse-{Environment.ProcessId}";
        try
        {
            await build(["-p:UseSharedCompilation=true", $"-p:SharedCompilationId={name}"]);
        }
        finally
        {
            await EndAsync(name);
        }
    }

    private static async Task EndAsync(string name)
    {
        var sdk = await ReadAsync("--list-sdks");
        var version = await ReadAsync("--version");
        // "10.0.401 [/usr/share/dotnet/sdk]"
        var line = sdk.Split('\n').FirstOrDefault(l => l.StartsWith(version.Trim() + " [", StringComparison.Ordinal));
        var folder = line?[(line.IndexOf('[') + 1)..].TrimEnd(']', '\r');
        var program = Path.Combine(folder ?? "", version.Trim(), "Roslyn", "bincore", "VBCSCompiler.dll");
        if (File.Exists(program))
        {
            await ReadAsync("exec", program, "-shutdown", $"-pipename:{name}");
        }
    }

    private static async Task<string> ReadAsync(params string[] arguments)
    {
        var info = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true };
        using var process = Process.Start(info)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output;
    }
}

using Lotse.Execution;
using Lotse.Nuke.Versions;
using Serilog;

namespace Lotse.Nuke.Deployments;

/// <summary>Compiles the edge proxy from its sources, ahead of time where this machine can.</summary>
internal sealed class ProxyCompiler(string projectFolder)
{
    /// <summary>Compiles the proxy, and returns the folder that its program is in.</summary>
    public async Task<string> CompileAsync(IProgress<string> progress, CancellationToken cancellation)
    {
        var output = Path.Combine(projectFolder, "artifacts", "lotse-proxy");
        if (await PublishAsync(output, isAhead: true, cancellation))
        {
            return output;
        }

        progress.Report(
            "the edge proxy cannot be compiled ahead of time here (that needs clang or gcc, and zlib's headers): it is published with its runtime, and uses more memory"
        );
        return await PublishAsync(output, isAhead: false, cancellation)
            ? output
            : throw new UserException(
                "The edge proxy could not be compiled.",
                "See what the compiler says: `dotnet publish src/Lotse.Proxy -c Release -p:PublishAot=false`."
            );
    }

    private async Task<bool> PublishAsync(string output, bool isAhead, CancellationToken cancellation)
    {
        if (Directory.Exists(output))
        {
            Directory.Delete(output, recursive: true);
        }

        var architecture = System
            .Runtime.InteropServices.RuntimeInformation.OSArchitecture.ToString()
            .ToLowerInvariant();
        string[] arguments =
        [
            "publish",
            "src/Lotse.Proxy",
            "-c",
            "Release",
            "-r",
            $"linux-{architecture}",
            "-o",
            output,
            "-v",
            "quiet",
            "--nologo",
            .. isAhead ? [] : new[] { "-p:PublishAot=false", "-p:PublishSingleFile=true", "-p:SelfContained=true" },
        ];
        var answer = await Captured.RunAsync("dotnet", projectFolder, arguments, null, cancellation);
        Log.Verbose("{Output}", answer.Output);
        return answer.ExitCode == 0;
    }
}

using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Lotse.Nuke.Deployments;
using Nuke.Common;
using Serilog;

sealed partial class Build
{
    Target Benchmark =>
        _ =>
            _.Description(
                    "Measure a deploy against its floor and over distance, and the edge proxy beside nginx and HAProxy"
                )
                .Executes(async () =>
                {
                    await PublishGocatest();
                    // Interrupted, it takes away what it started.
                    using var interruption = new Interruption();
                    await new DeployBenchmark(RootDirectory, TemporaryDirectory).RunAsync(interruption.Token);
                    await new ProxyBenchmark(RootDirectory).RunAsync(interruption.Token);
                    await MeasureDistance();
                });

    /// <summary>What a server farther away costs a deploy, measured by the tests' servers: containers with an sshd and an engine of their own.</summary>
    static async Task MeasureDistance()
    {
        const string Project = "tests/Lotse.Servers.Tests";
        const string Mark = "[OUTPUT] | ";
        await EnsureEngine();
        await Dotnet("build", Project, "-c", "Release", "-v", "quiet", "--nologo");
        var lines = new List<string>();
        string[] program =
        [
            $"{Project}/bin/Release/net10.0/Lotse.Servers.Tests.dll",
            "-noColor",
            "-showLiveOutput",
            "-explicit",
            "only",
        ];
        var exitCode = await Start("dotnet", program, lines.Add, limit: TimeSpan.FromMinutes(20));
        Log.Information("Deploy of changed code to a server, next door and 50 ms of round trip away:");
        foreach (var line in lines.Where(l => l.Contains(Mark, StringComparison.Ordinal)))
        {
            Log.Information("  {Line}", line[(line.IndexOf(Mark, StringComparison.Ordinal) + Mark.Length)..]);
        }

        if (exitCode != 0)
        {
            // A bound that is not met stands among the lines above already; what else went wrong stands here.
            lines
                .Where(l => !l.Contains(Mark, StringComparison.Ordinal))
                .ToList()
                .ForEach(l => Log.Error("{Line}", l));
            throw new InvalidOperationException(
                "A deploy over distance costs more than it may, or could not be measured."
            );
        }
    }
}

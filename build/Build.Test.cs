using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using System.Xml.Linq;
using Lotse.Execution.Ports;
using Lotse.Hosts.Local;
using Nuke.Common;
using Serilog;

sealed partial class Build
{
    [Parameter("Test: only the test projects whose name contains this")]
    readonly string? TestProjects;

    Target CheckFormat =>
        _ =>
            _.Description("Check the format of the sources")
                .Executes(async () =>
                {
                    await Dotnet("tool", "restore");
                    await Dotnet("csharpier", "check", ".");
                });

    Target Format =>
        _ =>
            _.Description("Format the sources")
                .Executes(async () =>
                {
                    await Dotnet("tool", "restore");
                    await Dotnet("csharpier", "format", ".");
                });

    Target Compile =>
        _ =>
            _.Description("Compile everything")
                .Executes(() => Dotnet("build", "App.sln", "-c", "Debug", "-v", "quiet", "--nologo"));

    Target Test =>
        _ =>
            _.Description("Run all tests; installs and starts what they need")
                .DependsOn(CheckFormat, Compile)
                .Executes(async () =>
                {
                    await EnsureEngine();
                    var results = new TestResults();
                    foreach (var project in TestAssemblies())
                    {
                        results.Add(await RunTests(project));
                    }

                    results.Report();
                });

    /// <summary>Tests on the real thing need an engine; where none can be had they skip with that reason.</summary>
    static async Task EnsureEngine()
    {
        try
        {
            var engine = await new EngineBootstrap(TimeProvider.System).EnsureAsync(null, CancellationToken.None);
            Environment.SetEnvironmentVariable("LOTSE_TEST_REQUIRE_ENGINE", "1");
            Log.Information("Tests run on {Engine}", engine.Server);
        }
        catch (EngineUnavailableException none)
        {
            Log.Warning("Tests that need a container engine will be skipped: {Reason}", none.Message);
        }
    }

    IEnumerable<string> TestAssemblies() =>
        from project in Directory.GetFiles(RootDirectory / "tests", "*.Tests.csproj", SearchOption.AllDirectories)
        let name = Path.GetFileNameWithoutExtension(project)
        where TestProjects is null || name.Contains(TestProjects, StringComparison.OrdinalIgnoreCase)
        // The real thing last: what is quick to fail fails first.
        orderby name.Contains("EndToEnd", StringComparison.Ordinal), name
        select Path.Combine(Path.GetDirectoryName(project)!, "bin", "Debug", "net10.0", name + ".dll");

    static string TimeLimit(string assembly) =>
        assembly.Contains("EndToEnd", StringComparison.Ordinal) ? "1500" : "300";

    async Task<XElement> RunTests(string assembly)
    {
        var report = TemporaryDirectory / "tests" / (Path.GetFileNameWithoutExtension(assembly) + ".xml");
        Directory.CreateDirectory(Path.GetDirectoryName(report)!);
        File.Delete(report);
        var lines = new List<string>();
        string[] program = ["-k", "10", TimeLimit(assembly), "dotnet", assembly, "-xml", report, "-noColor"];
        var exitCode = await Start("timeout", program, lines.Add);
        if (exitCode is 124 or 137)
        {
            // Known: the proxy's program hangs now and then. It is said, and it gets one more run.
            Log.Warning("{Name} did not end within 300 s and is run again", Path.GetFileName(assembly));
            exitCode = await Start("timeout", program, lines.Add);
        }

        if (!File.Exists(report))
        {
            throw new InvalidOperationException(
                $"{Path.GetFileName(assembly)} ended with exit code {exitCode} and no report:\n{string.Join('\n', lines.TakeLast(40))}"
            );
        }

        return XDocument.Load(report).Root!;
    }
}

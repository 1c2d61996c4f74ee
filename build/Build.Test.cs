using System;
using System.Collections.Concurrent;
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
    /// <summary>Whole deploys and whole servers: they may take their time. Those that take the longest come first.</summary>
    static readonly string[] RealThings = ["Lotse.Servers", "EndToEnd", "Lotse.Setup", "Lotse.Testing"];

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
                    var real = TestAssemblies().ToLookup(IsTheRealThing);
                    // What is quick to fail fails first.
                    foreach (var project in real[false].Order())
                    {
                        results.Add(await RunTests(project));
                    }

                    await RunRealThings(real[true], results);
                    results.Report();
                });

    /// <summary>Whole deploys wait for much and compute little: two projects at a time.</summary>
    Task RunRealThings(IEnumerable<string> projects, TestResults results) =>
        Parallel.ForEachAsync(
            projects.OrderBy(p =>
                Array.FindIndex(RealThings, n => Path.GetFileName(p).Contains(n, StringComparison.Ordinal))
            ),
            new ParallelOptions { MaxDegreeOfParallelism = 2 },
            async (project, _) =>
            {
                var result = await RunTests(project);
                lock (results)
                {
                    results.Add(result);
                }
            }
        );

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
        select Path.Combine(Path.GetDirectoryName(project)!, "bin", "Debug", "net10.0", name + ".dll");

    static bool IsTheRealThing(string assembly) =>
        RealThings.Any(n => Path.GetFileName(assembly).Contains(n, StringComparison.Ordinal));

    static TimeSpan TimeLimit(string assembly) => TimeSpan.FromMinutes(IsTheRealThing(assembly) ? 75 : 5);

    async Task<XElement> RunTests(string assembly)
    {
        var name = Path.GetFileName(assembly);
        var report = TemporaryDirectory / "tests" / (Path.GetFileNameWithoutExtension(assembly) + ".xml");
        Directory.CreateDirectory(Path.GetDirectoryName(report)!);
        File.Delete(report);
        var lines = new ConcurrentQueue<string>();
        string End() => string.Join('\n', lines.TakeLast(40));
        try
        {
            // A test that runs for a minute is named in the output, again and again: so the end of it says what hung.
            string[] program = [assembly, "-xml", report, "-noColor", "-longRunning", "60"];
            var exitCode = await Start("dotnet", program, lines.Enqueue, limit: TimeLimit(assembly));
            return File.Exists(report)
                ? XDocument.Load(report).Root!
                : throw new InvalidOperationException(
                    $"{name} ended with exit code {exitCode} and no report:\n{End()}"
                );
        }
        catch (TimeoutException hung)
        {
            throw new InvalidOperationException($"{name} hangs: {hung.Message} Its last lines:\n{End()}", hung);
        }
    }
}

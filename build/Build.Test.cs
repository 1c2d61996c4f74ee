using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Lotse.Execution.Ports;
using Lotse.Hosts.Local;
using Lotse.Nuke.Deployments;
using Lotse.TestRuns;
using Nuke.Common;
using Serilog;

sealed partial class Build
{
    [Parameter("Test: only the test projects whose name contains this")]
    readonly string? TestProjects;

    [Parameter("Test: the matrices as well, with the real time limits, and not only every promise once")]
    readonly bool All;

    [Parameter("Test: only the projects that uncommitted changes touch")]
    readonly bool Changed;

    [Parameter("Test: so many times, one after the other, to find what fails by chance")]
    readonly int Repeat = 1;

    [Parameter("Test: beside a load that keeps all cores busy")]
    readonly bool UnderLoad;

    /// <summary>An engine is installed and started while the sources are compiled.</summary>
    Task? engine;

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
                // As it is released; what the build itself consists of is compiled so already.
                .Executes(async () =>
                {
                    CompilerServer.Share();
                    await Dotnet("build", "App.sln", "-c", "Release", "-v", "quiet", "--nologo");
                });

    Target StartTestEngine =>
        _ =>
            _.Unlisted()
                .Before(CheckFormat, Compile)
                .Executes(() =>
                {
                    engine = Task.Run(EnsureEngine);
                });

    Target Test =>
        _ =>
            _.Description("Run every promise's test once, or all with --all; installs and starts what they need")
                .DependsOn(StartTestEngine, CheckFormat, Compile)
                .Executes(async () =>
                {
                    await engine!;
                    using var interruption = new Interruption();
                    await RunTests(interruption.Token);
                });

    /// <summary>Tests on the real thing need an engine; where none can be had they skip with that reason.</summary>
    static async Task EnsureEngine()
    {
        try
        {
            var found = await new EngineBootstrap(TimeProvider.System).EnsureAsync(null, CancellationToken.None);
            Environment.SetEnvironmentVariable("LOTSE_TEST_REQUIRE_ENGINE", "1");
            Log.Information("Tests run on {Engine}", found.Server);
        }
        catch (EngineUnavailableException none)
        {
            Log.Warning("Tests that need a container engine will be skipped: {Reason}", none.Message);
        }
    }

    async Task RunTests(CancellationToken cancellation)
    {
        var projects = await ChooseProjects();
        if (projects.Count == 0)
        {
            Log.Information("There is nothing to test.");
            return;
        }

        using var load = UnderLoad ? new BusyLoad(Environment.ProcessorCount) : null;
        var before = MachineUse.Read();
        var runs = new List<ProjectRun>();
        var runner = new ProjectRunner(
            new TestRunOptions { All = All, TakeStacks = id => StackDump.TakeAsync(RootDirectory, id) },
            Tell,
            TimeProvider.System
        );
        for (var round = 1; round <= Repeat && !cancellation.IsCancellationRequested; round++)
        {
            if (Repeat > 1)
            {
                Log.Information("Run {Round} of {Rounds}", round, Repeat);
            }

            await Schedule
                .ForMachine(Environment.ProcessorCount)
                .RunAsync(
                    projects,
                    async project =>
                    {
                        var run = await runner.RunAsync(project, cancellation);
                        lock (runs)
                        {
                            runs.Add(run);
                            Tell(run);
                        }
                    },
                    cancellation
                );
        }

        Report(runs, before, cancellation.IsCancellationRequested);
    }

    async Task<IReadOnlyList<TestProject>> ChooseProjects()
    {
        var all = TestProject.Find(RootDirectory / "tests");
        var chosen = all.Where(p =>
                TestProjects is null || p.Name.Contains(TestProjects, StringComparison.OrdinalIgnoreCase)
            )
            .ToList();
        if (chosen.Count == 0)
        {
            throw new InvalidOperationException(
                $"No test project has '{TestProjects}' in its name. There are: {string.Join(", ", all.Select(p => p.Name))}."
            );
        }

        if (!Changed)
        {
            return chosen;
        }

        var files = await ChangedFiles();
        var affected = new AffectedProjects(RootDirectory).Of(files);
        if (affected is null)
        {
            Log.Information("A change outside of the projects may touch every one: all run.");
            return chosen;
        }

        chosen = [.. chosen.Where(p => affected.Contains(Path.GetFullPath(p.File)))];
        Log.Information(
            "{Files} changed file(s) touch {Count} test project(s): {Projects}",
            files.Count,
            chosen.Count,
            string.Join(", ", chosen.Select(p => p.Name))
        );
        return chosen;
    }

    /// <summary>What differs from the last commit, files that git does not know yet included.</summary>
    static async Task<IReadOnlyList<string>> ChangedFiles()
    {
        var lines = new List<string>();
        string[] status =
        [
            "-c",
            "core.quotePath=false",
            "status",
            "--porcelain",
            "--untracked-files=all",
            "--no-renames",
        ];
        var exitCode = await Start("git", status, lines.Add);
        return exitCode == 0
            ? [.. lines.Where(l => l.Length > 3).Select(l => l[3..])]
            : throw new InvalidOperationException($"git cannot say what has changed: {string.Join(' ', lines)}");
    }

    static void Tell(TestResult result)
    {
        if (result.Outcome == TestOutcome.Failed)
        {
            var output = result.Output.Length > 0 ? $"\nIts output:\n{result.Output.TrimEnd()}" : "";
            Log.Error("Failed: {Name}\n{Failure}{Output}", result.Name, result.Text, output);
        }
    }

    static void Tell(ProjectRun run) =>
        Log.Information(
            "{Name}: {Passed} passed, {Failed} failed, {Skipped} skipped in {Seconds} s",
            run.Project.Name,
            run.Count(TestOutcome.Passed),
            run.Count(TestOutcome.Failed),
            run.Count(TestOutcome.Skipped),
            (int)run.Time.TotalSeconds
        );

    static void Report(IReadOnlyList<ProjectRun> runs, MachineUse? before, bool isCutOff)
    {
        var report = new TestRunReport(runs);
        Log.Information("What took longest:");
        foreach (var line in report.DescribeTimes())
        {
            Log.Information("  {Line}", line);
        }

        if (before is not null && MachineUse.Read() is { } after)
        {
            Log.Information("The machine meanwhile: {Use}", after.Since(before));
        }

        foreach (var skipped in report.Results.Where(r => r.Outcome == TestOutcome.Skipped).DistinctBy(r => r.Name))
        {
            Log.Warning("Skipped: {Name}: {Reason}", skipped.Name, skipped.Text);
        }

        foreach (var failed in report.Results.Where(r => r.Outcome == TestOutcome.Failed).CountBy(r => r.Name))
        {
            Log.Error("Failed: {Name}{Times}", failed.Key, failed.Value > 1 ? $" ({failed.Value} times)" : "");
        }

        foreach (var unfinished in runs.SelectMany(r => r.Unfinished))
        {
            Log.Warning("Under way when the run was cut off: {Name}", unfinished);
        }

        // Alone on the last line, after all that NUKE itself prints: what reads the output looks there.
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Console.WriteLine(report.Counts);
        if (isCutOff)
        {
            throw new InvalidOperationException($"The test run was cut off: {report.Counts}");
        }

        if (!report.IsGood)
        {
            throw new InvalidOperationException($"Tests failed: {report.Counts}");
        }
    }
}

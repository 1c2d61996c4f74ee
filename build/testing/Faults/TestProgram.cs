using System.Xml.Linq;

namespace Lotse.TestRuns.Faults;

/// <summary>Compiles and runs a test project of the tree, up to the first test that fails.</summary>
/// <param name="tree">The folder of the tree.</param>
internal sealed class TestProgram(string tree)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    /// <summary>
    /// Compiles the project and what of the product it uses, as far as something changed. Warnings are no matter here: a fault may well leave something unused.
    /// </summary>
    /// <returns>What the compiler complains of; null when it compiles.</returns>
    public async Task<string?> CompileAsync(string project, bool restores, CancellationToken cancellation)
    {
        string[] arguments =
        [
            "build",
            Path.Combine("tests", project),
            .. restores ? Array.Empty<string>() : ["--no-restore"],
            "-c",
            "Debug",
            "-v",
            "quiet",
            "--nologo",
            "-p:TreatWarningsAsErrors=false",
            "-p:RunAnalyzers=false",
        ];
        var (exitCode, output) = await ChildProcess.RunAsync("dotnet", arguments, tree, Limit, cancellation);
        return exitCode == 0 ? null : FirstError(output);
    }

    /// <summary>Runs tests until one fails.</summary>
    /// <param name="tests">Which.</param>
    /// <param name="isLarge">Whether those of the large run are among them.</param>
    /// <param name="cancellation">Ends them.</param>
    public async Task<ProgramOutcome> RunAsync(TestSelection tests, bool isLarge, CancellationToken cancellation)
    {
        var project = tests.Project;
        var report = Path.Combine(tree, ".nuke", "temp", $"{project}.xml");
        Directory.CreateDirectory(Path.GetDirectoryName(report)!);
        File.Delete(report);
        string[] arguments =
        [
            Path.Combine("tests", project, "bin", "Debug", "net10.0", project + ".dll"),
            "-noColor",
            "-preEnumerateTheories",
            "-stopOnFail",
            "-xml",
            report,
            .. isLarge ? Array.Empty<string>() : ["-trait-", "run=all"],
            .. tests.Filter.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        ];
        try
        {
            var (exitCode, output) = await ChildProcess.RunAsync("dotnet", arguments, tree, Limit, cancellation);
            return File.Exists(report)
                ? ProgramOutcome.Of(XDocument.Load(report).Root!)
                : throw new InvalidOperationException(
                    $"{tests} ended with exit code {exitCode} and no report:\n{string.Join('\n', output.Split('\n').TakeLast(20))}"
                );
        }
        catch (TimeoutException)
        {
            return new ProgramOutcome(
                0,
                new FailedTest($"a test that hung: {tests} had not ended after {Limit.TotalMinutes:0} min", null)
            );
        }
    }

    private static string FirstError(string output) =>
        output.Split('\n').FirstOrDefault(l => l.Contains(": error ", StringComparison.Ordinal)) ?? output;
}

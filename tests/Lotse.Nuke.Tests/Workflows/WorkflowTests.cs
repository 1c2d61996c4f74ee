using Lotse.Testing.Packages;
using Lotse.Testing.Processes;

namespace Lotse.Nuke.Tests.Workflows;

/// <summary>The workflows are valid by the parser that GitHub's own tools use (npm: <c>@actions/workflow-parser</c>).</summary>
public sealed class WorkflowTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private const string Checker = """
        import { readFileSync } from "node:fs";
        import { parseWorkflow, NoOperationTraceWriter, convertWorkflowTemplate } from "@actions/workflow-parser";

        async function check(file) {
          const content = readFileSync(file, "utf8");
          const result = parseWorkflow({ name: file, content }, new NoOperationTraceWriter());
          const errors = [...result.context.errors.getErrors()];
          if (result.value) {
            const template = await convertWorkflowTemplate(result.context, result.value);
            errors.push(...(template.errors ?? []));
          }

          errors.forEach((error) => console.log(error.message ?? error.Message));
          return errors.length;
        }

        Promise.all(process.argv.slice(2).map(check)).then((counts) => process.exit(Math.max(...counts) > 0 ? 1 : 0));
        """;

    [Fact]
    public async Task Every_workflow_is_valid_and_a_wrong_one_is_not()
    {
        var folder = Directory.CreateTempSubdirectory("lotse-workflows");
        try
        {
            var checker = await MakeCheckerAsync(folder.FullName);
            var workflows = Directory.GetFiles(Path.Combine(Repository.Root, ".github", "workflows"), "*.yml");
            Assert.NotEmpty(workflows);
            var valid = await RunAsync("node", folder.FullName, [checker, .. workflows]);
            Assert.True(valid.ExitCode == 0, Text(valid));

            var wrong = Path.Combine(folder.FullName, "wrong.yml");
            var broken = (await ReadAsync(workflows[0])).Replace("runs-on:", "runs_on:", StringComparison.Ordinal);
            await File.WriteAllTextAsync(wrong, broken, TestContext.Current.CancellationToken);
            var invalid = await RunAsync("node", folder.FullName, checker, wrong);
            Assert.Contains("Unexpected value 'runs_on'", Text(invalid), StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The parser is a module that node alone cannot load (it imports JSON): so it is bundled.</summary>
    private static async Task<string> MakeCheckerAsync(string folder)
    {
        if (!Has("npm"))
        {
            var missing =
                AptPackages.Obstacle ?? await AptPackages.InstallAsync("npm", TestContext.Current.CancellationToken);
            Assert.SkipUnless(missing is null, $"There is no npm here: {missing}");
        }

        var installed = await RunAsync(
            "npm",
            folder,
            "install",
            "--no-audit",
            "--no-fund",
            "@actions/workflow-parser",
            "esbuild"
        );
        Assert.SkipUnless(installed.ExitCode == 0, $"npm does not bring the parser here: {Text(installed)}");
        await File.WriteAllTextAsync(Path.Combine(folder, "check.mjs"), Checker, TestContext.Current.CancellationToken);
        var bundled = await RunAsync(
            Path.Combine(folder, "node_modules", ".bin", "esbuild"),
            folder,
            "check.mjs",
            "--bundle",
            "--platform=node",
            "--outfile=check.cjs",
            "--log-level=error"
        );
        Assert.True(bundled.ExitCode == 0, Text(bundled));
        return Path.Combine(folder, "check.cjs");
    }

    private static bool Has(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Any(f => File.Exists(Path.Combine(f, program)));

    private static Task<ProcessResult> RunAsync(string program, string folder, params string[] arguments) =>
        TestProcess.RunAsync(
            new ProcessRequest
            {
                FileName = program,
                Arguments = arguments,
                WorkingDirectory = folder,
            },
            Limit,
            TestContext.Current.CancellationToken
        );

    private static string Text(ProcessResult result) => string.Join('\n', result.Lines.Select(l => l.Text));

    private static Task<string> ReadAsync(string file) =>
        File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
}

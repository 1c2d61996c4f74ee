using System.Text.RegularExpressions;
using Lotse.Testing.Processes;
using Lotse.Testing.Waiting;

namespace Lotse.Servers.Tests.Workflows;

/// <summary>
/// Runs a job's steps as GitHub's runner does: each script in a bash of its own, in the folder of the checkout.
/// </summary>
internal sealed partial class JobRunner
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>An empty folder for the runner's files.</summary>
    public required string Folder { get; init; }

    /// <summary>Where the checkout goes.</summary>
    public required string Workspace { get; init; }

    /// <summary>The secrets of the environment.</summary>
    public required IReadOnlyDictionary<string, string> Secrets { get; init; }

    /// <summary>What a person who starts it by hand filled in; nothing after a push.</summary>
    public IReadOnlyDictionary<string, string> Inputs { get; init; } = new Dictionary<string, string>();

    /// <summary>Variables of the runner itself.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>What <c>actions/checkout</c> does.</summary>
    public required Func<Task> CheckOutAsync { get; init; }

    /// <summary>What happens to a step while it runs.</summary>
    public Func<WorkflowStep, TestProcess, Task> WhileAsync { get; init; } = (_, _) => Task.CompletedTask;

    private string EnvironmentFile => Path.Combine(Folder, "env");

    private string SummaryFile => Path.Combine(Folder, "summary.md");

    /// <summary>Runs the steps; after one that fails only those that run always.</summary>
    public async Task<JobResult> RunAsync(IReadOnlyList<WorkflowStep> steps)
    {
        await File.WriteAllTextAsync(EnvironmentFile, "", Token);
        await File.WriteAllTextAsync(SummaryFile, "", Token);
        var results = new List<(WorkflowStep Step, ProcessResult Result)>();
        foreach (var step in steps)
        {
            if (results.TrueForAll(r => r.Result.ExitCode == 0) || step.IsAlways)
            {
                results.AddRange(await RunAsync(step));
            }
        }

        return new JobResult(results, await File.ReadAllTextAsync(SummaryFile, Token));
    }

    private async Task<(WorkflowStep Step, ProcessResult Result)[]> RunAsync(WorkflowStep step)
    {
        switch (step.Uses.Split('@')[0])
        {
            case "":
                return [(step, await RunScriptAsync(step))];
            case "actions/checkout":
                await CheckOutAsync();
                return [];
            case "actions/setup-dotnet":
                // The one of this machine, which runs these tests.
                return [];
            default:
                throw new InvalidOperationException($"The action '{step.Uses}' is not one that is understood here.");
        }
    }

    private async Task<ProcessResult> RunScriptAsync(WorkflowStep step)
    {
        var script = Path.Combine(Folder, $"{Path.GetRandomFileName()}.sh");
        await File.WriteAllTextAsync(script, Evaluate(step.Run), Token);
        var variables = new Dictionary<string, string?>(
            Environment.Select(v => KeyValuePair.Create(v.Key, (string?)v.Value))
        )
        {
            ["CI"] = "true",
            ["GITHUB_ACTIONS"] = "true",
            ["GITHUB_ENV"] = EnvironmentFile,
            ["GITHUB_STEP_SUMMARY"] = SummaryFile,
            ["GITHUB_WORKSPACE"] = Workspace,
        };
        foreach (var line in await File.ReadAllLinesAsync(EnvironmentFile, Token))
        {
            var parts = line.Split('=', 2);
            variables[parts[0]] = parts[1];
        }

        foreach (var (name, value) in step.Env)
        {
            variables[name] = Evaluate(value);
        }

        var request = new ProcessRequest
        {
            FileName = "bash",
            Arguments = ["-e", script],
            WorkingDirectory = Workspace,
            Environment = variables,
        };
        await using var process = TestProcess.Start(request);
        await WhileAsync(step, process);
        return await Wait.ForAsync(WaitKind.Command, process.WaitForExitAsync(Limit, Token));
    }

    /// <summary>Puts secrets and inputs in. Every other expression is an error.</summary>
    private string Evaluate(string text)
    {
        var evaluated = SecretExpression().Replace(text, match => Secrets[match.Groups[1].Value]);
        evaluated = InputExpression().Replace(evaluated, match => Inputs.GetValueOrDefault(match.Groups[1].Value, ""));
        Assert.DoesNotContain("${{", evaluated, StringComparison.Ordinal);
        return evaluated;
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [GeneratedRegex(@"\$\{\{ secrets\.(\w+) \}\}")]
    private static partial Regex SecretExpression();

    [GeneratedRegex(@"\$\{\{ inputs\.([\w-]+) \}\}")]
    private static partial Regex InputExpression();
}

/// <summary>What came of a job.</summary>
/// <param name="Steps">The scripts that ran.</param>
/// <param name="Summary">The job's summary, in Markdown.</param>
internal sealed record JobResult(IReadOnlyList<(WorkflowStep Step, ProcessResult Result)> Steps, string Summary)
{
    /// <summary>What a step came to.</summary>
    public ProcessResult this[string step] => Steps.Single(s => s.Step.Name == step).Result;

    /// <summary>All that the steps wrote, as the job's log shows it: the lines that tell GitHub which values to hide are shown to nobody.</summary>
    public string Log =>
        string.Join(
            '\n',
            Steps.SelectMany(s => s.Result.Lines.Select(l => l.Text).Prepend($"== {s.Step.Name}")).Where(IsShown)
        );

    private static bool IsShown(string line) => !line.StartsWith("::add-mask::", StringComparison.Ordinal);
}

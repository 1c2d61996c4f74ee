using System.Diagnostics;
using System.Globalization;

namespace Lotse.TestRuns;

/// <summary>Runs test programs, tells of each result at once, and ends what hangs.</summary>
/// <param name="options">How they are run.</param>
/// <param name="onResult">Is told of each result the moment it is known; calls never overlap.</param>
/// <param name="time">The clock.</param>
public sealed class ProjectRunner(TestRunOptions options, Action<TestResult> onResult, TimeProvider time)
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);
    private readonly Lock telling = new();

    /// <summary>Runs a project to its end.</summary>
    /// <param name="project">The project; it is compiled.</param>
    /// <param name="cancellation">Ends the program: what ran then counts neither as passed nor as failed, and is named by <see cref="ProjectRun.Unfinished"/>.</param>
    public async Task<ProjectRun> RunAsync(TestProject project, CancellationToken cancellation)
    {
        var begun = time.GetTimestamp();
        var progress = new ProjectProgress(project.Name, time, Tell);
        IReadOnlyList<string> unfinished = [];
        var failure = System.IO.File.Exists(project.Assembly)
            ? null
            : $"{project.Assembly} is not there: compile it first, by ./build.sh Compile.";
        if (failure is null)
        {
            using var process = Start(project, progress);
            var hung = await WaitAsync(process, project, progress, cancellation);
            unfinished = cancellation.IsCancellationRequested ? [.. progress.Running.Select(r => r.Name)] : [];
            if (hung is not null)
            {
                progress.FailRunning(hung.Value.What, hung.Value.Stacks);
            }
            else if (!cancellation.IsCancellationRequested && !progress.IsFinished)
            {
                failure = $"{project.Name} ended with exit code {process.ExitCode} before it was done.";
            }
        }

        if (failure is not null)
        {
            progress.FailRunning(failure, progress.LastLines);
        }

        return new ProjectRun(project)
        {
            Results = progress.Results,
            Parts = progress.Parts,
            FixtureWaits = progress.FixtureWaits,
            Unfinished = unfinished,
            Time = time.GetElapsedTime(begun),
        };
    }

    private void Tell(TestResult result)
    {
        lock (telling)
        {
            onResult(result);
        }
    }

    private Process Start(TestProject project, ProjectProgress progress)
    {
        var info = new ProcessStartInfo("dotnet", Arguments(project))
        {
            WorkingDirectory = Path.GetDirectoryName(project.File),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Tests and what they start live for seconds: what the compiler would learn of them for later costs more than it gains.
        info.Environment["DOTNET_TieredPGO"] = "0";
        var process = Process.Start(info)!;
        void Take(object sender, DataReceivedEventArgs received)
        {
            if (received.Data is { } line)
            {
                progress.Take(line);
            }
        }

        process.OutputDataReceived += Take;
        process.ErrorDataReceived += Take;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>The program and its arguments. Marks on rows of theories are seen only with <c>-preEnumerateTheories</c>.</summary>
    internal IReadOnlyList<string> Arguments(TestProject project)
    {
        List<string> arguments =
        [
            project.Assembly,
            "-automated",
            "-diagnostics",
            "-noLogo",
            "-noColor",
            "-preEnumerateTheories",
        ];
        if (!options.All)
        {
            arguments.AddRange(["-trait-", "run=all"]);
        }

        arguments.AddRange(options.Arguments);
        return arguments;
    }

    /// <summary>Waits for the end of the program; where a test hangs, takes its stacks, ends it, and says which.</summary>
    private async Task<(string What, string Stacks)?> WaitAsync(
        Process process,
        TestProject project,
        ProjectProgress progress,
        CancellationToken cancellation
    )
    {
        var ended = process.WaitForExitAsync(CancellationToken.None);
        while (!ended.IsCompleted)
        {
            if (cancellation.IsCancellationRequested)
            {
                process.Kill(entireProcessTree: true);
            }
            else if (Hung(project, progress) is { } what)
            {
                var stacks = await options.TakeStacks(process.Id);
                process.Kill(entireProcessTree: true);
                await ended;
                return (what, stacks);
            }

            using var next = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            await Task.WhenAny(ended, Task.Delay(Look, time, next.Token));
            await next.CancelAsync();
        }

        await ended;
        return null;
    }

    private string? Hung(TestProject project, ProjectProgress progress)
    {
        var running = progress.Running;
        var limit =
            running.Count == 0 ? options.SilenceLimit : project.HangLimit * (options.All ? options.AllFactor : 1);
        var longest = running.Count == 0 ? time.GetUtcNow() - progress.LastHeard : running.Select(r => r.Time).Max();
        if (longest < limit)
        {
            return null;
        }

        var minutes = limit.TotalMinutes.ToString("0.#", CultureInfo.InvariantCulture);
        return running.Count == 0
            ? $"{project.Name} hangs between its tests: nothing was heard of it for {minutes} minutes, and it was ended."
            : $"It hangs: a test had not ended after {minutes} minutes, and the program was ended. There ran: "
                + string.Join(", ", running.Select(r => $"{r.Name} ({r.Time.TotalSeconds:0} s)"));
    }
}

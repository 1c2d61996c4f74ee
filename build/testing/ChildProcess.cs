using System.Diagnostics;
using System.Text;

namespace Lotse.TestRuns;

/// <summary>A program that is started, waited for, and listened to.</summary>
internal static class ChildProcess
{
    /// <summary>Runs a program to its end.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="folder">Where it works.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="cancellation">Kills it, and all that it has started.</param>
    /// <exception cref="TimeoutException">It took longer, and was killed with all that it had started.</exception>
    public static async Task<(int ExitCode, string Output)> RunAsync(
        string program,
        IEnumerable<string> arguments,
        string folder,
        TimeSpan limit,
        CancellationToken cancellation
    )
    {
        var info = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var output = new StringBuilder();
        void Take(object sender, DataReceivedEventArgs received)
        {
            lock (output)
            {
                output.Append(received.Data).Append(received.Data is null ? "" : "\n");
            }
        }

        using var process = new Process { StartInfo = info };
        process.OutputDataReceived += Take;
        process.ErrorDataReceived += Take;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var over = new CancellationTokenSource(limit);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellation);
        try
        {
            await process.WaitForExitAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellation.ThrowIfCancellationRequested();
            throw new TimeoutException(
                $"{program} {arguments.First()} had not ended after {limit.TotalMinutes:0} min."
            );
        }

        lock (output)
        {
            return (process.ExitCode, output.ToString().TrimEnd('\n'));
        }
    }
}

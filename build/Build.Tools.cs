using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using Serilog;

sealed partial class Build
{
    /// <summary>Runs dotnet in the project's folder. Its output is shown when it fails, or when asked for by <c>--verbosity verbose</c>.</summary>
    static Task Dotnet(params string[] arguments) => Run("dotnet", arguments);

    static async Task Run(string program, params string[] arguments)
    {
        var lines = new List<string>();
        var exitCode = await Start(
            program,
            arguments,
            line =>
            {
                lines.Add(line);
                Log.Verbose("    {Line}", line);
            }
        );
        if (exitCode != 0)
        {
            lines.ForEach(l => Log.Error("{Line}", l));
            throw new InvalidOperationException(
                $"`{program} {string.Join(' ', arguments)}` ended with exit code {exitCode}."
            );
        }
    }

    /// <exception cref="TimeoutException">The program had not ended within the limit, and was killed with all that it had started.</exception>
    static async Task<int> Start(
        string program,
        string[] arguments,
        Action<string> take,
        IReadOnlyDictionary<string, string>? environment = null,
        TimeSpan? limit = null
    )
    {
        var info = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = RootDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            info.Environment[name] = value;
        }

        using var process = Process.Start(info)!;
        void Take(object sender, DataReceivedEventArgs received)
        {
            if (received.Data is { } line)
            {
                lock (info)
                {
                    take(line);
                }
            }
        }

        process.OutputDataReceived += Take;
        process.ErrorDataReceived += Take;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var over = new CancellationTokenSource(limit ?? Timeout.InfiniteTimeSpan);
        try
        {
            await process.WaitForExitAsync(over.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException(
                $"`{program}` had not ended after {limit!.Value.TotalSeconds:0} s and was killed."
            );
        }

        return process.ExitCode;
    }
}

using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;

namespace Lotse.Hosts.Local;

/// <summary>A command to run on this machine.</summary>
internal sealed record ProcessRequest
{
    /// <summary>The program's path, or its name on the PATH.</summary>
    public required string Program { get; init; }

    public ImmutableArray<string> Arguments { get; init; } = [];

    /// <summary>Variables added to this process's own environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = ImmutableDictionary<string, string>.Empty;

    public string? Directory { get; init; }

    /// <summary>What is copied to its standard input; nothing when null.</summary>
    public Stream? Input { get; init; }

    /// <summary>Called with each line of standard error, and of standard output unless <see cref="ReadOutput"/> takes that.</summary>
    public Action<string>? OnLine { get; init; }

    /// <summary>Reads standard output as bytes.</summary>
    public Func<Stream, CancellationToken, Task>? ReadOutput { get; init; }
}

/// <summary>How a command ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Tail">The last lines it wrote.</param>
internal sealed record ProcessResult(int ExitCode, ImmutableArray<string> Tail);

/// <summary>Runs commands on this machine; a cancelled one is killed with its children.</summary>
internal static class LocalProcess
{
    /// <summary>How long the lines of a process that has ended may take to arrive.</summary>
    private static readonly TimeSpan LastLines = TimeSpan.FromSeconds(2);

    public static async Task<ProcessResult> RunAsync(ProcessRequest request, CancellationToken cancellation)
    {
        using var process = Process.Start(Describe(request))!;
        var tail = new LineTail(40);
        // Both streams' lines come here at once.
        var oneByOne = new Lock();
        void Take(string line)
        {
            lock (oneByOne)
            {
                tail.Add(line);
                request.OnLine?.Invoke(line);
            }
        }

        try
        {
            var output = request.ReadOutput is { } read
                ? read(process.StandardOutput.BaseStream, cancellation)
                : PumpAsync(process.StandardOutput, Take, cancellation);
            var streams = Task.WhenAll(
                output,
                PumpAsync(process.StandardError, Take, cancellation),
                FeedAsync(process, request.Input, cancellation)
            );
            // What is read as bytes is read to its end; lines that a child which stays behind may still write are not waited for.
            var ended = request.ReadOutput is null ? AwaitEndAsync(process, streams, cancellation) : streams;
            await ended;
            await process.WaitForExitAsync(cancellation);
            lock (oneByOne)
            {
                return new(process.ExitCode, tail.Lines);
            }
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        finally
        {
            // Disposing of a process leaves the streams that were asked for open.
            process.StandardOutput.Dispose();
            process.StandardError.Dispose();
        }
    }

    /// <summary>The full path of a program on the PATH or in one of these further folders; null when there is none.</summary>
    public static string? Find(string program, string? path, params IEnumerable<string> furtherFolders)
    {
        var folders = (path ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        var name = OperatingSystem.IsWindows() ? program + ".exe" : program;
        return folders.Concat(furtherFolders).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }

    private static ProcessStartInfo Describe(ProcessRequest request)
    {
        var info = new ProcessStartInfo(request.Program, request.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardErrorEncoding = Encoding.UTF8,
            StandardOutputEncoding = Encoding.UTF8,
            WorkingDirectory = request.Directory ?? "",
        };
        foreach (var (name, value) in request.Environment)
        {
            info.Environment[name] = value;
        }

        return info;
    }

    private static async Task AwaitEndAsync(Process process, Task streams, CancellationToken cancellation)
    {
        var exit = process.WaitForExitAsync(cancellation);
        await Task.WhenAny(streams, exit);
        await exit;
        var last = Task.Delay(LastLines, TimeProvider.System, cancellation);
        if (await Task.WhenAny(streams, last) == streams)
        {
            await streams;
            return;
        }

        // It ends when its streams are closed.
        _ = streams.ContinueWith(t => t.Exception, TaskScheduler.Default);
    }

    private static async Task PumpAsync(StreamReader reader, Action<string> take, CancellationToken cancellation)
    {
        while (await reader.ReadLineAsync(cancellation) is { } line)
        {
            take(line);
        }
    }

    private static async Task FeedAsync(Process process, Stream? input, CancellationToken cancellation)
    {
        await using var target = process.StandardInput.BaseStream;
        if (input is null)
        {
            return;
        }

        var buffer = new byte[128 * 1024];
        int read;
        while ((read = await input.ReadAsync(buffer, cancellation)) > 0)
        {
            try
            {
                await target.WriteAsync(buffer.AsMemory(0, read), cancellation);
            }
            catch (IOException)
            {
                // The program closed its input: its exit code and output tell why.
                return;
            }
        }
    }
}

/// <summary>Keeps the last lines of many.</summary>
internal sealed class LineTail(int capacity)
{
    private readonly Queue<string> _lines = new();

    public ImmutableArray<string> Lines => [.. _lines];

    public void Add(string line)
    {
        _lines.Enqueue(line);
        if (_lines.Count > capacity)
        {
            _lines.Dequeue();
        }
    }

    public void Clear() => _lines.Clear();
}

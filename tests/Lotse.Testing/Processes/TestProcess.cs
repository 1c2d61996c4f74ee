using System.Diagnostics;

namespace Lotse.Testing.Processes;

/// <summary>A program that a test started. Disposing it kills it and what it started.</summary>
public sealed class TestProcess : IAsyncDisposable
{
    /// <summary>For programs of which a test knows nothing better.</summary>
    public static readonly TimeSpan DefaultLimit = TimeSpan.FromMinutes(1);

    // A daemon that the program left behind may hold its output open for good; what it wrote itself arrives at once.
    private static readonly TimeSpan OutputLimit = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly OutputLog _log = new();
    private readonly long _started;
    private readonly Task _output;

    private TestProcess(ProcessRequest request)
    {
        Request = request;
        _started = request.Time.GetTimestamp();
        _process = Process.Start(StartInfo(request))!;
        Id = _process.Id;
        _output = ReadOutputAsync();
    }

    /// <summary>What was started.</summary>
    public ProcessRequest Request { get; }

    /// <summary>The process id.</summary>
    public int Id { get; }

    /// <summary>What it wrote so far, in the order of arrival.</summary>
    public IReadOnlyList<OutputLine> Lines => _log.Lines;

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Starts a program.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">There is no such program.</exception>
    public static TestProcess Start(ProcessRequest request) => new(request);

    /// <summary>Starts a program and waits for its end.</summary>
    /// <exception cref="TestProcessException">It did not end in time; it was killed.</exception>
    public static async Task<ProcessResult> RunAsync(
        ProcessRequest request,
        TimeSpan limit,
        CancellationToken cancellationToken
    )
    {
        await using var process = Start(request);
        return await process.WaitForExitAsync(limit, cancellationToken);
    }

    /// <summary>Waits for a line; one that was written already counts.</summary>
    /// <exception cref="TestProcessException">The program ended without it, or the time ran out.</exception>
    public async Task<OutputLine> WaitForLineAsync(
        Func<string, bool> matches,
        TimeSpan limit,
        CancellationToken cancellationToken
    )
    {
        var line = await WithinAsync(
            _log.WhenAsync(line => matches(line.Text)),
            limit,
            "the line waited for did not come",
            cancellationToken
        );
        if (line is null)
        {
            var result = await WaitForExitAsync(limit, cancellationToken);
            throw new TestProcessException($"ended with {result.ExitCode} without the line waited for", this);
        }

        return line;
    }

    /// <summary>Waits for the end.</summary>
    /// <exception cref="TestProcessException">The time ran out.</exception>
    public async Task<ProcessResult> WaitForExitAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        var exit = _process.WaitForExitAsync(cancellationToken);
        await WithinAsync(Completion(exit), limit, "did not end", cancellationToken);
        await _output;
        return new ProcessResult(_process.ExitCode, Lines);
    }

    /// <summary>SIGKILL to the program alone: what it started lives on, as after a crash.</summary>
    public void Kill() => _process.Kill();

    /// <summary>SIGKILL to the program and what it started.</summary>
    public void KillTree() => _process.Kill(entireProcessTree: true);

    /// <summary>Sends a signal, such as <see cref="Signal.Terminate"/>; nothing happens if the program has ended.</summary>
    /// <exception cref="PlatformNotSupportedException">Windows.</exception>
    public void Send(Signal signal)
    {
        if (!_process.HasExited)
        {
            Posix.Send(Id, signal);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            KillTree();
        }

        await _output;
        _process.Dispose();
    }

    private static ProcessStartInfo StartInfo(ProcessRequest request)
    {
        var start = new ProcessStartInfo(request.FileName, request.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = request.WorkingDirectory ?? "",
        };
        foreach (var (name, value) in request.Environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    private static async Task<bool> Completion(Task task)
    {
        await task;
        return true;
    }

    private async Task<T> WithinAsync<T>(Task<T> task, TimeSpan limit, string fact, CancellationToken cancellationToken)
    {
        try
        {
            return await task.WaitAsync(limit, Request.Time, cancellationToken);
        }
        catch (TimeoutException timeout)
        {
            throw new TestProcessException($"{fact} within {limit.TotalSeconds:0.#} s", this, timeout);
        }
    }

    // Ends after the program, with its output; at the latest OutputLimit after it.
    private async Task ReadOutputAsync()
    {
        var streams = Task.WhenAll(
            WriteInputAsync(),
            ReadAsync(OutputChannel.Out, _process.StandardOutput),
            ReadAsync(OutputChannel.Error, _process.StandardError)
        );
        await _process.WaitForExitAsync(CancellationToken.None);
        await Task.WhenAny(streams, Task.Delay(OutputLimit, Request.Time));
        _log.End();
    }

    private async Task WriteInputAsync()
    {
        try
        {
            await _process.StandardInput.WriteAsync(Request.Input);
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The program ended or closed its input without reading it, which is its right.
        }
    }

    // On a thread of its own: reading from a pipe blocks a thread, and where many tests do that at once, what is left to be read waits for one of the pool for longer than
    // for the limit.
    private Task ReadAsync(OutputChannel stream, StreamReader reader) =>
        Task.Factory.StartNew(
            () =>
            {
                while (reader.ReadLine() is { } line)
                {
                    _log.Add(new OutputLine(stream, Request.Time.GetElapsedTime(_started), line));
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
}

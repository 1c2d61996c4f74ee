using System.Diagnostics;
using Lotse.Testing.Processes;

namespace Lotse.Testing.Tests.Processes;

public sealed class TestProcessTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public TestProcessTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "These tests use a POSIX shell.");

    [Fact]
    public async Task The_exit_code_and_both_outputs_are_captured()
    {
        var result = await TestProcess.RunAsync(Shell("echo one; echo two >&2; echo three; exit 7"), Limit, Token);

        Assert.Equal((7, "one\nthree", "two"), (result.ExitCode, result.Output, result.Error));
    }

    [Fact]
    public async Task Environment_and_input_reach_the_program()
    {
        var request = Shell("read -r line; echo \"$line $ADDED ${HOME-unset}\"") with
        {
            Input = "hello\n",
            Environment = new Dictionary<string, string?> { ["ADDED"] = "there", ["HOME"] = null },
        };

        var result = await TestProcess.RunAsync(request, Limit, Token);

        Assert.Equal("hello there unset", result.Output);
    }

    [Fact]
    public async Task A_line_is_waited_for_while_the_program_runs_on()
    {
        await using var process = TestProcess.Start(Shell("echo ready; exec sleep 600"));

        var line = await process.WaitForLineAsync(text => text == "ready", Limit, Token);

        Assert.Equal(OutputChannel.Out, line.Channel);
        Assert.False(process.HasExited);
    }

    /// <summary>Reading blocks a thread. Many programs at once would leave none of the pool to read what another one wrote before it ended.</summary>
    [Fact]
    public async Task What_it_writes_is_read_by_no_thread_of_the_pool()
    {
        var gate = Path.GetTempFileName();
        bool? isOfPool = null;
        await using var process = TestProcess.Start(Shell($"while [ -e {gate} ]; do sleep 0.05; done; echo ready"));

        var line = process.WaitForLineAsync(
            text =>
            {
                isOfPool = Thread.CurrentThread.IsThreadPoolThread;
                return text == "ready";
            },
            Limit,
            Token
        );
        File.Delete(gate);
        await line;

        Assert.False(isOfPool);
    }

    [Fact]
    public async Task A_program_that_ends_without_the_line_shows_its_output()
    {
        await using var process = TestProcess.Start(Shell("echo broken >&2; exit 3"));

        var exception = await Assert.ThrowsAsync<TestProcessException>(() =>
            process.WaitForLineAsync(text => text == "ready", Limit, Token)
        );

        Assert.Contains("ended with 3", exception.Message);
        Assert.Contains("err broken", exception.Message);
    }

    [Fact]
    public async Task A_program_that_takes_too_long_shows_its_output()
    {
        await using var process = TestProcess.Start(Shell("echo busy; exec sleep 600"));
        await process.WaitForLineAsync(text => text == "busy", Limit, Token);

        var exception = await Assert.ThrowsAsync<TestProcessException>(() =>
            process.WaitForExitAsync(TimeSpan.FromMilliseconds(10), Token)
        );

        Assert.Contains("did not end", exception.Message);
        Assert.Contains("out busy", exception.Message);
    }

    [Theory]
    [InlineData(Signal.Terminate)]
    [InlineData(Signal.Interrupt)]
    [InlineData(Signal.Kill)]
    public async Task A_signal_reaches_the_program(Signal signal)
    {
        await using var process = TestProcess.Start(Shell("echo ready; exec sleep 600"));
        await process.WaitForLineAsync(text => text == "ready", Limit, Token);

        process.Send(signal);

        Assert.Equal(128 + (int)signal, (await process.WaitForExitAsync(Limit, Token)).ExitCode);
    }

    [Fact]
    public async Task A_program_that_catches_a_signal_decides_its_own_end()
    {
        var script = "trap 'echo caught; exit 5' TERM; echo ready; sleep 600 & wait";
        await using var process = TestProcess.Start(Shell(script));
        await process.WaitForLineAsync(text => text == "ready", Limit, Token);

        process.Send(Signal.Terminate);

        await process.WaitForLineAsync(text => text == "caught", Limit, Token);
        Assert.Equal(5, (await process.WaitForExitAsync(Limit, Token)).ExitCode);
    }

    [Fact]
    public async Task A_kill_leaves_what_the_program_started_and_disposing_does_not_wait_for_it()
    {
        await using var process = TestProcess.Start(Shell("sleep 600 & echo $!; wait"));
        var line = await process.WaitForLineAsync(_ => true, Limit, Token);
        using var child = Process.GetProcessById(int.Parse(line.Text));

        process.Kill();
        var result = await process.WaitForExitAsync(Limit, Token);

        Assert.Equal(128 + 9, result.ExitCode);
        Assert.False(child.HasExited);
        child.Kill();
    }

    [Fact]
    public async Task Disposing_kills_what_the_program_started_too()
    {
        var process = TestProcess.Start(Shell("sleep 600 & echo $!; wait"));
        var line = await process.WaitForLineAsync(_ => true, Limit, Token);
        using var child = Process.GetProcessById(int.Parse(line.Text));

        await process.DisposeAsync();

        await child.WaitForExitAsync(Token).WaitAsync(Limit, Token);
    }

    private static ProcessRequest Shell(string script) => new() { FileName = "/bin/sh", Arguments = ["-c", script] };
}

using System.Runtime.Versioning;
using Lotse.Execution.Ports;
using Lotse.Hosts.Local;

namespace Lotse.Hosts.Tests.Local;

[UnsupportedOSPlatform("windows")]
public sealed class HookRunnerTests : IDisposable
{
    private const string Hook = ".kamal/hooks/pre-build";
    private readonly TemporaryFolder folder = new();
    private readonly Lines said = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public HookRunnerTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "These scripts are for a Unix shell.");

    [Fact]
    public async Task It_runs_in_the_projects_folder_with_its_environment_and_its_exit_code_is_told()
    {
        Write("#!/bin/sh\npwd\necho $KAMAL_VERSION >&2\nexit 3");

        var result = await RunAsync();

        Assert.Equal(3, result?.ExitCode);
        Assert.Equal(Path.Combine(".kamal/hooks", "pre-build"), result?.File);
        Assert.Equal(
            [folder.Path, "1.2.3"],
            said.All.Select(l => l.Replace("/private", "", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
        );
        Assert.Equal(said.All.Order(), result!.Tail.Order());
    }

    [Fact]
    public async Task There_need_not_be_one()
    {
        Assert.Null(await RunAsync());
        Assert.Empty(said.All);
    }

    [Fact]
    public async Task One_that_may_not_be_run_is_told_how_to_be()
    {
        folder.Write(Hook, "#!/bin/sh\nexit 0\n");

        var result = await RunAsync();

        Assert.Null(result?.ExitCode);
        Assert.Equal("chmod +x .kamal/hooks/pre-build", result?.Cure);
    }

    [Fact]
    public async Task One_without_a_first_line_that_names_a_program_is_told_so()
    {
        Write("exit 0");

        var result = await RunAsync();

        Assert.Null(result?.ExitCode);
        Assert.Contains("#!/bin/sh", result?.Cure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_is_still_being_written_is_not_told_to_lack_its_first_line()
    {
        Write("#!/bin/sh\nexit 0");
        await using var writer = new FileStream(folder[Hook], FileMode.Append);

        var result = await RunAsync();

        Assert.SkipWhen(result?.ExitCode == 0, "This system runs what is open to be written to, as Linux 6.11 does.");
        Assert.Null(result?.ExitCode);
        Assert.Contains("open to write", result?.Cure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_leaves_a_process_behind_ends_all_the_same()
    {
        Write("#!/bin/sh\nsleep 600 &\necho $!");

        var result = await RunAsync();

        Assert.Equal(0, result?.ExitCode);
        using var left = System.Diagnostics.Process.GetProcessById(int.Parse(Assert.Single(said.All), null));
        Assert.False(left.HasExited);
        left.Kill();
    }

    [Fact]
    public async Task One_that_hangs_is_killed_when_the_run_is_interrupted()
    {
        Write("#!/bin/sh\necho $$\nexec sleep 600");
        using var interrupt = new CancellationTokenSource();
        var running = RunAsync(interrupt.Token);
        var pid = int.Parse(await said.First.WaitAsync(Token), null);

        await interrupt.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        // Killed, it takes a moment to end; the test's own limit ends a wait in vain.
        while (Directory.Exists($"/proc/{pid}"))
        {
            Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public void Dispose() => folder.Dispose();

    private Task<HookResult?> RunAsync(CancellationToken? cancellation = null) =>
        new HookRunner(folder.Path, ".kamal/hooks").RunAsync(
            "pre-build",
            new Dictionary<string, string> { ["KAMAL_VERSION"] = "1.2.3" },
            said,
            cancellation ?? Token
        );

    private void Write(string script) => folder.WriteProgram(Hook, script + "\n");

    private sealed class Lines : IProgress<string>
    {
        private readonly Lock turn = new();
        private readonly List<string> lines = [];
        private readonly TaskCompletionSource<string> first = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> First => first.Task;

        public IReadOnlyList<string> All
        {
            get
            {
                lock (turn)
                {
                    return [.. lines];
                }
            }
        }

        public void Report(string value)
        {
            lock (turn)
            {
                lines.Add(value);
            }

            first.TrySetResult(value);
        }
    }
}

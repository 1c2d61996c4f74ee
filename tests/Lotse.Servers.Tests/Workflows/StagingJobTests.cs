using Lotse.Testing.Processes;

namespace Lotse.Servers.Tests.Workflows;

/// <summary>
/// What the workflow that is in this repository does on GitHub, step by step, and a cancelled run of it.
/// </summary>
[Collection(SharedServers.OneByOne)]
public sealed class StagingJobTests(StagingJob job) : IClassFixture<StagingJob>
{
    private const string Deploy = "Deploy";
    private const int Interrupted = 128 + 2;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    [Fact]
    public async Task The_job_deploys_without_ssh_docker_or_kamal_on_its_path()
    {
        var result = await job.FirstAsync();

        Assert.NotEqual(0, job.Pinning!.ExitCode);
        Assert.Contains(StagingJob.Missing, job.Pinning.Output, StringComparison.Ordinal);
        Assert.Equal(PinsOf(job.World), (await File.ReadAllLinesAsync(PinsFile, Token)).Order(StringComparer.Ordinal));
        Assert.All(result.Steps, step => Assert.Equal((step.Step.Name, 0), (step.Step.Name, step.Result.ExitCode)));
        Assert.Equal([Deploy, "Status"], result.Steps.Select(s => s.Step.Name).TakeLast(2));
        var version = await ServedAsync();
        Assert.Contains($"✅ {version} deployed to staging", result.Summary, StringComparison.Ordinal);
        Assert.Contains($"| {job.World.Servers[0].Address} | {version} |", result.Summary, StringComparison.Ordinal);
        Assert.Contains(version, result["Status"].Output, StringComparison.Ordinal);
        Assert.Contains("::group::SwitchTraffic", result[Deploy].Output, StringComparison.Ordinal);
        AssertKeepsSecrets(result);
        await AssertNoLeaseAsync();
    }

    [Fact]
    public async Task A_job_that_is_cancelled_leaves_the_release_before_it_and_says_so()
    {
        await job.FirstAsync();
        var before = await ServedAsync();
        await job.ChangeAsync("Another release");

        var result = await job.RunAsync(CancelInTheMiddleAsync);

        var deploy = result[Deploy];
        Assert.Equal(Interrupted, deploy.ExitCode);
        Assert.Equal(before, await ServedAsync());
        Assert.Contains($"{before} serves again, on every host", deploy.Output, StringComparison.Ordinal);
        Assert.Contains("::error::", deploy.Output, StringComparison.Ordinal);
        Assert.Contains("was not deployed to staging", result.Summary, StringComparison.Ordinal);
        Assert.Contains(before, result["Status"].Output, StringComparison.Ordinal);
        Assert.Single(await RunningAsync());
        AssertKeepsSecrets(result);
        await AssertNoLeaseAsync();
    }

    [Fact]
    public async Task A_host_that_is_to_be_left_out_and_is_none_of_the_destination_s_ends_the_job_before_any_work()
    {
        await job.FirstAsync();
        var before = await ServedAsync();

        var result = await job.RunAsync(inputs: new() { ["skip-hosts"] = "web8.example web9.example" });

        Assert.NotEqual(0, result[Deploy].ExitCode);
        Assert.Contains("web8.example", result[Deploy].Output, StringComparison.Ordinal);
        Assert.Contains("web9.example", result[Deploy].Output, StringComparison.Ordinal);
        Assert.Equal(before, await ServedAsync());
    }

    [Fact]
    public async Task Make_is_a_wrapper_for_the_same_targets()
    {
        await job.FirstAsync();

        var pinned = await job.RunAsync(
            "make",
            "--directory",
            EndToEnd.Host.World.RepositoryRoot,
            "pin-host-keys",
            $"ARGS=--root {job.Team} --destination staging --yes"
        );

        Assert.True(pinned.ExitCode == 0, pinned.Output + pinned.Error);
        Assert.Contains($"{job.World.Servers[0].Address}", pinned.Output, StringComparison.Ordinal);
        Assert.Contains("PinHostKeys", pinned.Output, StringComparison.Ordinal);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string PinsFile => Path.Combine(job.Workspace, "config", "known_hosts");

    private static IEnumerable<string> PinsOf(FleetWorld world) =>
        world.Servers[0].KnownHostsLines.Order(StringComparer.Ordinal);

    /// <summary>
    /// GitHub sends its signal to the step's process. The traffic has moved by then, and the new release is being
    /// watched.
    /// </summary>
    private static async Task CancelInTheMiddleAsync(WorkflowStep step, TestProcess process)
    {
        if (step.Name == Deploy)
        {
            await process.WaitForLineAsync(line => line.Contains("] switch ", StringComparison.Ordinal), Limit, Token);
            process.Send(Signal.Interrupt);
        }
    }

    private static void AssertKeepsSecrets(JobResult result)
    {
        Assert.DoesNotContain(StagingJob.Password, result.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(StagingJob.Password, result.Summary, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE KEY", result.Log, StringComparison.Ordinal);
    }

    private async Task<string> ServedAsync()
    {
        using var client = new HttpClient();
        using var answer = await client.GetAsync(FleetWorld.AddressOf(job.World.Servers[0]), Token);
        Assert.True(answer.IsSuccessStatusCode, $"The service answers {answer.StatusCode}.");
        return answer.Headers.GetValues("X-Version").Single();
    }

    private async Task<string[]> RunningAsync()
    {
        var names = await job.World.Servers[0].ExecAsync("docker ps --format '{{.Names}}'", Token);
        return [.. names.Split('\n').Where(name => name.Contains("-web-", StringComparison.Ordinal))];
    }

    private async Task AssertNoLeaseAsync()
    {
        var find = $"find / -xdev -path '*{job.Service}*' -name lease.json -exec cat {{}} +";
        var lease = await job.World.Servers[0].ExecAsync(find, Token);
        Assert.Contains("\"released\":true", lease, StringComparison.OrdinalIgnoreCase);
    }
}

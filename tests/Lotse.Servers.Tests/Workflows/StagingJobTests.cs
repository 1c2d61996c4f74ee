using Lotse.Testing.Processes;

namespace Lotse.Servers.Tests.Workflows;

/// <summary>
/// What the workflow that is in this repository does on GitHub, step by step, and a cancelled run of it.
/// </summary>
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
        var version = job.FirstVersion;
        Assert.Contains($"✅ {version} deployed to staging", result.Summary, StringComparison.Ordinal);
        Assert.Contains($"| {job.World.Servers[0].Address} | {version} |", result.Summary, StringComparison.Ordinal);
        Assert.Contains(version, result["Status"].Output, StringComparison.Ordinal);
        Assert.Contains("::group::SwitchTraffic", result[Deploy].Output, StringComparison.Ordinal);
        AssertKeepsSecrets(result);
        await job.AssertNoLeaseAsync();
    }

    [Fact]
    [AllOnly(
        "StagingJobTests.The_job_deploys_without_ssh_docker_or_kamal_on_its_path: its step Deploy runs the command that a person types, which StagingCommandTests run"
    )]
    public async Task A_job_does_what_a_person_s_command_does()
    {
        await job.FirstAsync();
        var server = job.World.Servers[0];
        var key = $"ssh:\n  keys: [{job.World.Spec.KeyFile}]\n";

        await job.ChangeAsync("A person deploys this", key);
        var before = await ServedAsync();
        var command = await job.BuildAsync("DeployStaging");
        var byPerson = await DeployedState.ReadAsync(job, server, before);
        await job.ChangeAsync("The job deploys this", key);
        before = await ServedAsync();
        var result = await job.RunAsync();
        var byJob = await DeployedState.ReadAsync(job, server, before);

        Assert.Equal((0, 0), (command.ExitCode, result[Deploy].ExitCode));
        Assert.NotEqual(byPerson.Version, byJob.Version);
        Assert.NotEmpty(byPerson.Containers);
        Assert.Equal(byPerson.Containers, byJob.Containers);
        Assert.Equal(byPerson.Audit, byJob.Audit);
        Assert.NotEqual(byPerson.Commit, byJob.Commit);
        Assert.Equal(await job.HeadAsync(), byJob.Commit);
    }

    [Fact]
    public async Task A_job_that_is_cancelled_leaves_the_release_before_it_and_says_so()
    {
        await job.FirstAsync();
        var before = await ServedAsync();
        // The new release is watched for long.
        await job.ChangeAsync("Another release", "bake:\n  window: 2m\n");

        var result = await job.RunAsync(CancelInTheMiddleAsync);

        var deploy = result[Deploy];
        Assert.Equal(Interrupted, deploy.ExitCode);
        Assert.Equal(before, await ServedAsync());
        Assert.Contains($"{before} serves again, on every host", deploy.Output, StringComparison.Ordinal);
        Assert.Contains("::error::", deploy.Output, StringComparison.Ordinal);
        Assert.Contains("was not deployed to staging", result.Summary, StringComparison.Ordinal);
        Assert.Contains(before, result["Status"].Output, StringComparison.Ordinal);
        Assert.Single(await job.RunningAsync(job.World.Servers[0]));
        AssertKeepsSecrets(result);
        await job.AssertNoLeaseAsync();
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

    private Task<string> ServedAsync() => StagingJob.ServedAsync(job.World.Servers[0]);

    /// <summary>
    /// GitHub sends its signals to the step's process, the second one 7.5 s after the first. The traffic has moved by
    /// then, and the new release is being watched.
    /// </summary>
    private static async Task CancelInTheMiddleAsync(WorkflowStep step, TestProcess process)
    {
        if (step.Name == Deploy)
        {
            await WaitForAsync(process, "] switch ");
            process.Send(Signal.Interrupt);
            // The worst moment for the second one: nothing is taken back yet.
            await WaitForAsync(process, "Taking back what was begun");
            process.Send(Signal.Terminate);
        }
    }

    private static Task<OutputLine> WaitForAsync(TestProcess process, string text) =>
        process.WaitForLineAsync(line => line.Contains(text, StringComparison.Ordinal), Limit, Token);

    private static void AssertKeepsSecrets(JobResult result)
    {
        Assert.DoesNotContain(StagingJob.Password, result.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(StagingJob.Password, result.Summary, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE KEY", result.Log, StringComparison.Ordinal);
    }
}

namespace Lotse.Servers.Tests.Workflows;

/// <summary>The workflow's job on a runner that has nothing but the checkout, as GitHub's own have.</summary>
public sealed class CleanCheckoutTests(SharedServers shared)
{
    [Fact]
    [AllOnly(
        "StagingJobTests.The_job_deploys_without_ssh_docker_or_kamal_on_its_path: the same job with the build that runs the tests, which was compiled from a checkout by build.sh"
    )]
    public async Task The_job_compiles_the_build_and_deploys()
    {
        await using var job = new StagingJob(shared) { IsCompiled = false };

        var result = await job.FirstAsync();

        Assert.All(result.Steps, step => Assert.Equal((step.Step.Name, 0), (step.Step.Name, step.Result.ExitCode)));
        Assert.Contains($"✅ {job.FirstVersion} deployed to staging", result.Summary, StringComparison.Ordinal);
        await job.AssertNoLeaseAsync();
    }
}

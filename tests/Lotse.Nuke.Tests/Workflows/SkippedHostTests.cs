namespace Lotse.Nuke.Tests.Workflows;

/// <summary>What the deploy of a job leaves out, its other steps leave out too: a host that is down makes no job red that has deployed.</summary>
public sealed class SkippedHostTests
{
    [Fact]
    public async Task Each_step_that_looks_at_hosts_leaves_out_the_same_ones()
    {
        var file = Path.Combine(Repository.Root, ".github", "workflows", "deploy.yml");
        var lines = await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken);
        var runs = lines.Where(l => l.Contains("run: ") && l.Contains("./build.sh ")).ToList();
        Assert.Equal(4, runs.Count);
        Assert.All(runs, r => Assert.EndsWith("${SKIP_HOSTS:+--skip-host $SKIP_HOSTS}", r, StringComparison.Ordinal));
        Assert.Equal(4, lines.Count(l => l.Trim() == "SKIP_HOSTS: ${{ inputs.skip-hosts }}"));
    }
}

namespace Nuke.Common.Tests;

public sealed class PlanTests : IDisposable
{
    private readonly Trial trial = new();

    private sealed class Build : NukeBuild
    {
        Target Test => _ => _.DependsOn(Compile).Executes(() => throw new InvalidOperationException("ran"));

        Target Compile => _ => _.Description("Makes <it>").Executes(() => { });

        Target Other => _ => _.After(Test).TriggeredBy(Compile);
    }

    [Fact]
    public void Plan_writes_a_page_runs_nothing_and_opens_the_page()
    {
        var result = trial.Run<Build>("Test", "--plan");
        var file = trial.Root / ".nuke" / "temp" / "execution-plan.html";
        var page = trial.ReadFile("temp/execution-plan.html");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("Execution plan: Compile -> Test -> Other\n", result.Output);
        Assert.Contains(file, result.Output);
        Assert.Equal([file], trial.Opened);
        Assert.Contains("<td>1<td>Compile<br><small>Makes &lt;it&gt;</small>", page);
        Assert.Contains("<td>2<td>Test<br><small></small><td>Compile<td><td></tr>", page);
        Assert.Contains("<td>Other<br><small></small><td><td>Test<td>Compile</tr>", page);
    }

    [Fact]
    public void On_a_build_server_the_page_is_not_opened()
    {
        trial.Run<Build>("Test", "--plan", "--host", "GitHubActions");

        Assert.Empty(trial.Opened);
    }

    [Fact]
    public void A_desktop_without_a_program_for_the_page_is_no_failure()
    {
        trial.CannotOpen = true;

        Assert.Equal(0, trial.Run<Build>("Test", "--plan").ExitCode);
    }

    public void Dispose() => trial.Dispose();
}

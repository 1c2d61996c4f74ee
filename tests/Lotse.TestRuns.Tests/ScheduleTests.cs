namespace Lotse.TestRuns.Tests;

/// <summary>Which projects run side by side, and in which order.</summary>
public sealed class ScheduleTests
{
    private static readonly TestProject Servers = Project("servers", seconds: 300, weight: 1.5);
    private static readonly TestProject EndToEnd = Project("end to end", seconds: 200, weight: 1);
    private static readonly TestProject Quick = Project("quick", seconds: 2, weight: 1.2);
    private static readonly TestProject Slower = Project("slower", seconds: 20, weight: 1.2);

    [Fact]
    public async Task What_takes_longest_begins_first_and_quick_ones_run_beside_it()
    {
        var begun = new List<string>();
        var ends = new[] { Servers, EndToEnd, Quick, Slower }.ToDictionary(p => p, _ => new TaskCompletionSource());

        var all = new Schedule(3).RunAsync(
            [Quick, EndToEnd, Slower, Servers],
            project =>
            {
                begun.Add(project.Name);
                return ends[project].Task;
            },
            TestContext.Current.CancellationToken
        );

        Assert.Equal(["servers", "quick"], begun);
        ends[Quick].SetResult();
        ends[Slower].SetResult();
        ends[EndToEnd].SetResult();
        ends[Servers].SetResult();
        await all;
        Assert.Equal(["servers", "quick", "slower", "end to end"], begun);
    }

    [Fact]
    public void Nothing_begins_that_does_not_fit() => Assert.Null(new Schedule(2).Next([Quick], [Servers]));

    [Fact]
    public void What_never_fits_runs_alone() => Assert.Same(Servers, new Schedule(1).Next([Servers], []));

    [Fact]
    public async Task Nothing_begins_after_the_run_is_cut_off()
    {
        using var cut = new CancellationTokenSource();
        var begun = 0;

        await new Schedule(1).RunAsync(
            [Quick, Slower],
            async _ =>
            {
                begun++;
                await cut.CancelAsync();
            },
            cut.Token
        );

        Assert.Equal(1, begun);
    }

    [Fact]
    public async Task What_a_project_throws_reaches_who_runs_them() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            new Schedule(3).RunAsync(
                [Quick],
                _ => throw new InvalidOperationException("it cannot start"),
                TestContext.Current.CancellationToken
            )
        );

    private static TestProject Project(string name, int seconds, double weight) =>
        new()
        {
            Name = name,
            File = name,
            Seconds = seconds,
            Weight = weight,
        };
}
